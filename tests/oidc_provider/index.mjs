// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// A real OpenID provider on loopback: signs in whoever gives a name, with any password.
// Arguments: a port (0 takes any), the client's redirect, post-logout and back-channel addresses.
// Each start makes another key. Prints its issuer, then serves.

import { randomUUID } from "node:crypto";
import { createServer } from "node:http";

import { generateKeyPair, exportJWK } from "jose";
import Provider from "oidc-provider";

const [port, redirectUri, signedOutUri, backChannelUri] = process.argv.slice(2);

async function signingKey() {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: randomUUID(), use: "sig", alg: "RS256" };
}

function findAccount(_context, subject) {
  const claims = () => ({ sub: subject, name: `${subject} the First`, email: `${subject}@example.org` });
  return { accountId: subject, claims };
}

const server = createServer();
await new Promise((listening) => server.listen(Number(port), "127.0.0.1", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;
const audience = "https://dragoman.example/api";
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "dragoman",
      client_secret: "a secret: with/odd &characters",
      redirect_uris: [redirectUri],
      post_logout_redirect_uris: [signedOutUri],
      backchannel_logout_uri: backChannelUri,
      backchannel_logout_session_required: true,
    },
    {
      client_id: "recorder",
      client_secret: "another secret",
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
    },
  ],
  claims: { openid: ["sub"], profile: ["name"], email: ["email"] },
  cookies: { keys: ["only for tests"] },
  features: {
    backchannelLogout: { enabled: true },
    clientCredentials: { enabled: true },
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: () => ({ scope: "", audience, accessTokenFormat: "jwt" }),
    },
    rpInitiatedLogout: { enabled: true },
  },
  // Its own dispatcher connects to no loopback address, and here is nothing else.
  fetch: (address, { dispatcher: _, ...options }) => fetch(address, options),
  findAccount,
  jwks: { keys: [await signingKey()] },
});
// Whoever started it holds its standard input: without them it does not go on.
process.stdin.on("end", () => process.exit()).resume();
server.on("request", provider.callback());
process.stdout.write(`${issuer}\n`);
