# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The embedded LLM server as a process of its own, with the default model."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import httpx
import pytest

from media.core.prompts import Turn, translation_messages
from tests.engine_servers import ROOT, engine

pytestmark = pytest.mark.engines

ENGINE = "media.engines.llm"
MODEL = "gemma-3-270m"
PATIENCE_S = 60.0
CONTEXT_TOKENS = 16_384
"""To fill it takes this model minutes: longer than any test waits."""

ENDLESS = {"model": MODEL, "prompt": "la la la la la la", "raw": True, "options": {"temperature": 0}}
"""The model sings until the context is full."""

Line = dict[str, object]


@pytest.fixture(scope="module")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model is put together there once."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def client(cache_folder: Path) -> Iterator[httpx.Client]:
    """A client of a server that all tests of this module share."""
    with (
        engine(ENGINE, cache_folder, "--context", str(CONTEXT_TOKENS)) as (_, address),
        httpx.Client(base_url=address, timeout=PATIENCE_S) as client,
    ):
        yield client


def translation(
    sentence: str, source: str = "de", target: str = "en", turns: Sequence[Turn] = (), **more: object
) -> Line:
    """The body of a request for a translation."""
    messages = translation_messages(sentence, source, target, turns)
    said = [{"role": message.role, "content": message.content} for message in messages]
    return {"model": MODEL, "messages": said, **more}


def lines_of(client: httpx.Client, path: str, body: Mapping[str, object]) -> list[Line]:
    response = client.post(path, json=body)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in response.text.splitlines()]


def content_of(line: Line) -> str:
    message = line["message"]
    assert isinstance(message, dict)
    assert message["role"] == "assistant"
    return str(message["content"])


def number(line: Line, name: str) -> int:
    value = line[name]
    assert isinstance(value, int)
    return value


def test_a_translation_is_streamed_in_lines(client: httpx.Client) -> None:
    lines = lines_of(client, "/api/chat", translation("Der Hund schläft im Garten."))
    *pieces, last = lines
    text = "".join(content_of(line) for line in pieces)
    assert "dog" in text.lower()
    assert text == text.strip()
    assert "\n" not in text
    assert len(pieces) > 2
    assert {line["model"] for line in lines} == {MODEL}
    assert all(str(line["created_at"]).endswith("Z") for line in lines)
    assert not any(line["done"] for line in pieces)
    assert (last["done"], last["done_reason"], content_of(last)) == (True, "stop", "")


def test_the_last_line_says_what_it_took(client: httpx.Client) -> None:
    last = lines_of(client, "/api/chat", translation("Es regnet schon den ganzen Tag."))[-1]
    assert number(last, "prompt_eval_count") > number(last, "eval_count") > 0
    evaluated = number(last, "prompt_eval_duration") + number(last, "eval_duration")
    assert 0 < evaluated <= number(last, "total_duration")
    assert last["load_duration"] == 0


def test_an_answer_comes_whole_where_asked_for(client: httpx.Client) -> None:
    response = client.post("/api/chat", json=translation("Das Wasser ist kalt.", stream=False))
    answer = response.json()
    assert "water" in content_of(answer).lower()
    assert (answer["done"], answer["done_reason"]) == (True, "stop")


def test_what_our_translator_and_others_send_along_is_accepted(client: httpx.Client) -> None:
    options = {"temperature": 0, "num_predict": 200, "num_ctx": 4096, "seed": 7, "top_k": 20, "top_p": 0.9}
    body = translation("Guten Morgen!", options={**options, "repeat_penalty": 1.1})
    lines = lines_of(client, "/api/chat", {**body, "think": False, "keep_alive": "30m"})
    assert lines[-1]["done_reason"] == "stop"


def test_the_same_question_has_the_same_answer(client: httpx.Client) -> None:
    turns = [Turn("Ich habe eine Katze.", "I have a cat.")]
    body = translation("Sie ist schwarz.", turns=turns, stream=False)
    answers = {content_of(client.post("/api/chat", json=body).json()) for _ in range(2)}
    assert len(answers) == 1


def test_the_clients_bound_and_stop_are_kept(client: httpx.Client) -> None:
    long = "Gestern sind wir mit dem Zug nach Hamburg gefahren, um unsere Freunde zu besuchen."
    bounded = lines_of(client, "/api/chat", translation(long, options={"num_predict": 3}))
    assert (bounded[-1]["done_reason"], bounded[-1]["eval_count"]) == ("length", 3)
    stopped = lines_of(client, "/api/chat", translation(long, options={"stop": "a"}))
    assert "a" not in "".join(content_of(line) for line in stopped)


def test_a_chat_that_asks_for_no_translation_is_answered(client: httpx.Client) -> None:
    body = {"model": MODEL, "messages": [{"role": "user", "content": "Hello"}], "options": {"num_predict": 4}}
    lines = lines_of(client, "/api/chat", body)
    assert lines[-1]["done"] is True
    assert number(lines[-1], "eval_count") <= 4


@pytest.mark.parametrize("sentence", ["", "   "])
def test_nothing_said_is_translated_into_nothing(client: httpx.Client, sentence: str) -> None:
    (last,) = lines_of(client, "/api/chat", translation(sentence))
    assert (content_of(last), last["done"]) == ("", True)


@pytest.mark.parametrize("path", ["/api/chat", "/api/generate"])
def test_a_request_for_nothing_is_answered_as_loading(client: httpx.Client, path: str) -> None:
    (last,) = lines_of(client, path, {"model": MODEL})
    assert last["done"] is True


def test_a_text_is_continued(client: httpx.Client) -> None:
    options = {"num_predict": 8, "temperature": 0}
    body = {"model": MODEL, "prompt": "One, two, three, four,", "raw": True, "options": options}
    lines = lines_of(client, "/api/generate", body)
    assert "five" in "".join(str(line["response"]) for line in lines)
    assert lines[-1]["done"] is True


def test_the_model_is_listed(client: httpx.Client) -> None:
    (listed,) = client.get("/api/tags").json()["models"]
    assert listed["name"] == listed["model"] == MODEL
    assert listed["size"] > 1_000_000
    (running,) = client.get("/api/ps").json()["models"]
    assert running["name"] == MODEL
    shown = client.post("/api/show", json={"model": MODEL}).json()
    assert "Gemma" in shown["license"]


def test_the_server_says_that_it_is_there(client: httpx.Client) -> None:
    assert client.get("/").text.strip()
    assert client.get("/api/version").json()["version"]
    assert client.get("/health").json() == {"status": "ok", "model": MODEL}


def test_a_model_may_be_named_with_its_tag(client: httpx.Client) -> None:
    (last,) = lines_of(client, "/api/chat", {"model": f"{MODEL}:latest"})
    assert last["done"] is True


@pytest.mark.parametrize("path", ["/api/chat", "/api/generate", "/api/show"])
def test_another_model_is_not_found(client: httpx.Client, path: str) -> None:
    response = client.post(path, json={"model": "llama9"})
    assert response.status_code == 404
    assert response.json() == {"error": "model 'llama9' not found"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "JSON"),
        (b"[]", "object"),
        (b"{}", "model"),
        (b'{"model": "m", "messages": [{"role": "judge", "content": ""}]}', "messages.0.role"),
        (b'{"model": "m", "options": {"temperature": "hot"}}', "options.temperature"),
        (b'{"model": "m", "tools": [{}]}', "tools"),
    ],
)
def test_what_cannot_be_read_is_refused(client: httpx.Client, body: bytes, said: str) -> None:
    response = client.post("/api/chat", content=body)
    assert response.status_code == 400
    assert said in response.json()["error"]


def test_a_chat_beyond_the_context_is_refused(client: httpx.Client) -> None:
    response = client.post("/api/chat", json=translation("sehr " * CONTEXT_TOKENS))
    assert response.status_code == 400
    assert "too long" in response.json()["error"]


def test_a_huge_body_is_refused(client: httpx.Client) -> None:
    response = client.post("/api/chat", content=b" " * (2 << 20))
    assert response.status_code == 413
    assert "error" in response.json()


def test_a_client_that_leaves_makes_room_for_the_next(client: httpx.Client) -> None:
    with client.stream("POST", "/api/generate", json=ENDLESS) as response:
        assert json.loads(next(response.iter_lines()))["done"] is False
    assert lines_of(client, "/api/chat", translation("Guten Abend."))[-1]["done"] is True


def test_a_request_whose_client_left_the_queue_is_not_worked_on(client: httpx.Client) -> None:
    with client.stream("POST", "/api/generate", json=ENDLESS) as response:
        # Kept: with it goes the connection.
        lines = response.iter_lines()
        assert json.loads(next(lines))["done"] is False
        with (
            pytest.raises(httpx.ReadTimeout),
            client.stream("POST", "/api/generate", json=ENDLESS, timeout=0.2),
        ):
            pytest.fail("two were worked on at once")
    assert lines_of(client, "/api/chat", translation("Guten Abend."))[-1]["done"] is True


def test_the_beginning_of_a_pairs_prompts_is_evaluated_once(client: httpx.Client) -> None:
    first, second = (
        lines_of(client, "/api/chat", translation(sentence, source="es", target="fr"))[-1]
        for sentence in ("Hoy hace mucho calor.", "Mañana lloverá.")
    )
    assert number(first, "prompt_eval_count") > 100
    assert number(second, "prompt_eval_count") - number(second, "prompt_cached_count") < 20


def test_a_base_model_can_be_spoken_to_as_a_chat_model(cache_folder: Path) -> None:
    with engine(ENGINE, cache_folder, "--style", "chat", "--threads", "1", "--context", "512") as (
        _,
        address,
    ):
        body = translation("Guten Tag.", stream=False, options={"num_predict": 3, "temperature": 0})
        answer = httpx.post(f"{address}/api/chat", json=body, timeout=PATIENCE_S).json()
    assert answer["done_reason"] == "length"
    assert answer["eval_count"] == 3


def test_the_server_ends_with_its_parent(cache_folder: Path) -> None:
    with engine(ENGINE, cache_folder) as (process, _):
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(PATIENCE_S) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_server_ends_by_a_signal_which_llama_cpp_wanted_for_itself(
    cache_folder: Path, number: signal.Signals
) -> None:
    with engine(ENGINE, cache_folder) as (process, _):
        process.send_signal(number)
        assert process.wait(PATIENCE_S) == 0


def test_a_file_that_is_no_model_is_refused_in_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF and nothing else")
    command = [sys.executable, "-m", "media.engines.llm", "--port", "0", "--model", str(broken)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert ended.returncode == 1
    assert str(broken) in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr
