# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
"""The same few sentences in many languages: what shows a base model that it is to translate.

Each language says the same sentences in the same order, so that any two languages make example pairs.
"""

from collections.abc import Mapping

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "Arabic": (
        "هل يمكنك أن تخبرني أين تقع أقرب صيدلية؟",
        "وفقًا للتقرير، ارتفع سعر الخبز بنسبة خمسة في المئة منذ يناير.",
        "يعمل أخي في هذا المستشفى منذ سنوات عديدة ويعرف الجميع تقريبًا.",
        "يفتح المتحف في الساعة العاشرة، لذلك ما زال لدينا وقت لشرب القهوة.",
        "شكرًا جزيلًا، هذا بالضبط ما أردت معرفته.",
    ),
    "Chinese": (
        "请问最近的药店在哪里？",
        "根据报告，自一月以来，面包的价格上涨了百分之五。",
        "我哥哥在这家医院工作了很多年，几乎认识所有人。",
        "博物馆十点开门，所以我们还有时间喝杯咖啡。",
        "非常感谢，这正是我想知道的。",
    ),
    "Czech": (
        "Mohl byste mi prosím říct, kde je nejbližší lékárna?",
        "Podle zprávy vzrostla cena chleba od ledna o pět procent.",
        "Můj bratr pracuje v této nemocnici už mnoho let a zná skoro všechny.",
        "Muzeum otevírá v deset hodin, takže máme ještě čas na kávu.",
        "Moc děkuji, přesně to jsem chtěl vědět.",
    ),
    "Dutch": (
        "Kunt u mij vertellen waar de dichtstbijzijnde apotheek is?",
        "Volgens het rapport is de prijs van brood sinds januari met vijf procent gestegen.",
        "Mijn broer werkt al vele jaren in dit ziekenhuis en kent bijna iedereen.",
        "Het museum gaat om tien uur open, dus we hebben nog tijd voor een kop koffie.",
        "Hartelijk dank, dat is precies wat ik wilde weten.",
    ),
    "English": (
        "Could you please tell me where the nearest pharmacy is?",
        "According to the report, the price of bread has risen by five percent since January.",
        "My brother has worked in this hospital for many years and knows almost everyone.",
        "The museum opens at ten o'clock, so we still have time for a coffee.",
        "Thank you very much, that is exactly what I wanted to know.",
    ),
    "French": (
        "Pourriez-vous me dire où se trouve la pharmacie la plus proche ?",
        "Selon le rapport, le prix du pain a augmenté de cinq pour cent depuis janvier.",
        "Mon frère travaille dans cet hôpital depuis de nombreuses années et connaît presque tout le monde.",
        "Le musée ouvre à dix heures, nous avons donc encore le temps de prendre un café.",
        "Merci beaucoup, c'est exactement ce que je voulais savoir.",
    ),
    "German": (
        "Könnten Sie mir bitte sagen, wo die nächste Apotheke ist?",
        "Laut dem Bericht ist der Brotpreis seit Januar um fünf Prozent gestiegen.",
        "Mein Bruder arbeitet seit vielen Jahren in diesem Krankenhaus und kennt fast alle.",
        "Das Museum öffnet um zehn Uhr, also haben wir noch Zeit für einen Kaffee.",
        "Vielen Dank, genau das wollte ich wissen.",
    ),
    "Hindi": (
        "क्या आप मुझे बता सकते हैं कि सबसे नज़दीकी दवा की दुकान कहाँ है?",
        "रिपोर्ट के अनुसार, जनवरी से ब्रेड का दाम पाँच प्रतिशत बढ़ गया है।",
        "मेरा भाई कई सालों से इस अस्पताल में काम कर रहा है और लगभग सभी को जानता है।",
        "संग्रहालय दस बजे खुलता है, इसलिए हमारे पास अभी कॉफ़ी पीने का समय है।",
        "बहुत-बहुत धन्यवाद, मैं ठीक यही जानना चाहता था।",
    ),
    "Italian": (
        "Potrebbe dirmi dove si trova la farmacia più vicina?",
        "Secondo il rapporto, il prezzo del pane è aumentato del cinque per cento da gennaio.",
        "Mio fratello lavora in questo ospedale da molti anni e conosce quasi tutti.",
        "Il museo apre alle dieci, quindi abbiamo ancora tempo per un caffè.",
        "Grazie mille, è esattamente quello che volevo sapere.",
    ),
    "Japanese": (
        "一番近い薬局がどこにあるか教えていただけますか。",
        "報告書によると、パンの値段は一月から五パーセント上がりました。",
        "兄は長年この病院で働いていて、ほとんど全員を知っています。",
        "博物館は十時に開くので、まだコーヒーを飲む時間があります。",
        "どうもありがとうございます、それがまさに知りたかったことです。",
    ),
    "Korean": (
        "가장 가까운 약국이 어디에 있는지 알려 주시겠어요?",
        "보고서에 따르면 빵값이 1월 이후 5퍼센트 올랐습니다.",
        "제 형은 이 병원에서 오랫동안 일해서 거의 모든 사람을 알고 있습니다.",
        "박물관은 열 시에 문을 여니까 아직 커피를 마실 시간이 있습니다.",
        "정말 감사합니다, 바로 그것을 알고 싶었습니다.",
    ),
    "Polish": (
        "Czy mogłaby mi pani powiedzieć, gdzie jest najbliższa apteka?",
        "Według raportu cena chleba wzrosła od stycznia o pięć procent.",
        "Mój brat pracuje w tym szpitalu od wielu lat i zna prawie wszystkich.",
        "Muzeum otwiera się o dziesiątej, więc mamy jeszcze czas na kawę.",
        "Dziękuję bardzo, właśnie to chciałem wiedzieć.",
    ),
    "Portuguese": (
        "Poderia me dizer onde fica a farmácia mais próxima?",
        "De acordo com o relatório, o preço do pão subiu cinco por cento desde janeiro.",
        "O meu irmão trabalha neste hospital há muitos anos e conhece quase todos.",
        "O museu abre às dez horas, então ainda temos tempo para um café.",
        "Muito obrigado, é exatamente isso que eu queria saber.",
    ),
    "Russian": (
        "Не могли бы вы сказать, где находится ближайшая аптека?",
        "Согласно отчёту, с января цена на хлеб выросла на пять процентов.",
        "Мой брат работает в этой больнице уже много лет и знает почти всех.",
        "Музей открывается в десять часов, так что у нас ещё есть время выпить кофе.",
        "Большое спасибо, это именно то, что я хотел узнать.",
    ),
    "Spanish": (
        "¿Podría decirme dónde está la farmacia más cercana?",
        "Según el informe, el precio del pan ha subido un cinco por ciento desde enero.",
        "Mi hermano trabaja en este hospital desde hace muchos años y conoce a casi todo el mundo.",
        "El museo abre a las diez, así que todavía tenemos tiempo para un café.",
        "Muchas gracias, eso es exactamente lo que quería saber.",
    ),
    "Turkish": (
        "Bana en yakın eczanenin nerede olduğunu söyleyebilir misiniz?",
        "Rapora göre, ekmek fiyatı ocak ayından bu yana yüzde beş arttı.",
        "Erkek kardeşim uzun yıllardır bu hastanede çalışıyor ve neredeyse herkesi tanıyor.",
        "Müze saat onda açılıyor, yani kahve içmek için hâlâ vaktimiz var.",
        "Çok teşekkür ederim, tam olarak bunu öğrenmek istiyordum.",
    ),
    "Ukrainian": (
        "Чи не могли б ви сказати, де найближча аптека?",
        "Згідно зі звітом, з січня ціна на хліб зросла на п’ять відсотків.",
        "Мій брат працює в цій лікарні вже багато років і знає майже всіх.",
        "Музей відкривається о десятій годині, тож у нас ще є час випити кави.",
        "Дуже дякую, це саме те, що я хотів дізнатися.",
    ),
}
"""English name of a language -> its sentences, of our own writing."""
