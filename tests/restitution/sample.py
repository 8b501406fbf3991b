"""Documents to write: a day as it really ends, a crowd, and everything that people should not be able to type."""

from facilitate.core.tree import Card, Chart, Document, Facts, Listing, Node, Paragraph, Run, Section, Table
from facilitate.language import languages

FRENCH, ENGLISH = (languages({})[name].say for name in ("fr", "en"))

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "</blockquote></style></title><h1>trop grand</h1>&amp;&lt;",
    "# titre ** gras ** _souligné_ [lien](http://x) ![i](j) `code` ~~~ $x$ @cite ^haut^ ~bas~ [^1] --- ...",
    "- liste\n- liste\n1. une\n> citation\n| a | b |\n|---|---|\n: définition\n    code\n\n\nfin",
    "{{7*7}} {% for x in y %}{{ config }}{% endfor %} {# rien #}",
    '#panic() #eval("1") #read("/etc/passwd") $ x $ @ref <label> *gras* #{let x = 1} \\u{41} // rien',
    "\\input{/etc/passwd} \\begin{document} \\textbf{x} %rien & ~ ^ _ { }",
    "=1+1",
    "+SOMME(A1:A9)",
    "@cmd|' /C calc'!A0",
    "''';--\" OR 1=1",
    "l'eau d\"ici ; vraiment ? oui ! « peut-être » : à 12:30, voir http://exemple.test/a?b=c;d :) ;-)",
)
"""What each format must carry as it was typed."""

SCRIPTS = (
    "👨‍👩‍👧‍👦 👍🏽 🇫🇷 ❤️ 1️⃣ 🧑🏿‍🚒",
    "نحن نزرع معاً منذ عشر سنوات (Valence).",
    "שלום לכולם",
    "เราทำงานร่วมกันมาสิบปีแล้ว",
    "Ⴀ Հայաստան ελληνικά кириллица Việt Łódź ąęłńóśźż œŒÿ ẞ → ✓ ★ ☎ ½ ‰ ≤ ∞",
)
"""Scripts the PDF's fonts have."""

CHINESE = "我们一起种植蔬菜"
UNPRINTABLE = "avant\x00\x07\x1b\ud800\ue000\u202e\u2066\ufeff\uffff\u200fapres\ttab"
"""Control, surrogate, private-use, override, non-character: nothing of these is left but 'avant', a mark, 'apres tab'."""


def hostile() -> Document:
    """Every hostile text in every place that a text can stand."""
    texts = (*HOSTILE, *SCRIPTS, CHINESE, UNPRINTABLE)
    sections = tuple(
        Section(
            text,
            f"hostile-{place}",
            (
                Paragraph(text, "lede"),
                Card(text, (("", text), (text, text)), text, place, (Listing((text, text), ordered=True, beside=(text,)),)),
                Facts(((text, text),)),
                Table(text, (text, "b", "c", text), ((text, text, "1", text), ("", "", "", "")), (2,), (1,)),
                Chart(text, text, text, ((text, 3, text), (text, 0, "0")), text),
            ),
        )
        for place, text in enumerate(texts)
    )
    return Document(
        "".join(HOSTILE), HOSTILE[0], "fr", "2021-09-24T15:04:00Z", Facts(tuple((t, t) for t in texts)), sections, HOSTILE[1], texts
    )


def one(text: str, language: str = "fr") -> Document:
    """A document with one card."""
    section = Section("Une carte", "une-carte", (Card(text, by="Drôme, Nadia"),))
    return Document("Une journée", "", language, "2021-09-24", Facts(()), (section,))


def edited() -> Document:
    """What staff wrote over a day: emphasis, links, citations of rows of the annex, and words of no one and nowhere; a word brought out."""
    said = (
        Run("Tout commence "),
        Run("petit", "strong"),
        Run(" "),
        Run("2", href="#word-2"),
        Run(" "),
        Run("RVT 482, 3", href="#word-3"),
        Run(", "),
        Run("disent-ils", "emphasis"),
        Run(" : "),
        Run("le site", href="https://exemple.test/été?a=b c"),
        Run(", "),
        Run("un piège", href="javascript:alert(1)"),
        Run(", "),
        Run("9", href="#word-9"),
        Run("."),
    )
    told = (
        Paragraph("Tout commence petit.", runs=said),
        Listing(("un [1]", "deux"), runs=((Run("un "), Run("1", href="#word-1")), (Run("deux", "strong"),))),
        Card("Une carotte, et rien d’autre.", by="Drôme", number=2, role="quotation"),
    )
    rows = tuple((str(number), f"Parole {number}", "Drôme") for number in (1, 2, 3))
    table = Table("Les paroles", ("N°", "Parole", "Par"), rows, (0,), (1,), ("word-1", "word-2", "word-3"))
    sections = (Section("Ce que l’on retient", "kept", told), Section("Annexe", "annex", (table,)))
    return Document("Une journée", "", "fr", "2021-09-24", Facts(()), sections, "Relais")


def empty() -> Document:
    return Document("Une journée à venir", "", "fr", "", Facts(()), ())


_LIFE = (
    "La cantine du collège achète ses légumes à six maraîchers. Il a fallu deux ans pour accorder les calendriers.",
    "Un car le vendredi soir, et les étudiants reviennent.",
    "Personne ne sait qui anime le contrat, pourtant signé par tout le monde.",
    "La ville boit notre eau : elle paie désormais les haies du captage ; qui l’aurait cru ?",
    "Des internes logés par la commune pendant six mois. Trois sont restés.",
    "Le bois part en grumes, il nous revient en meubles !",
)


def crowd(people: int = 150, cards: int = 1500) -> Document:
    """A large meeting: everyone signed, every card in its theme and again in the annex."""
    themes = 12
    by_theme: list[list[Node]] = [[] for _ in range(themes)]
    rows = []
    for place in range(cards):
        text, by = _LIFE[place % len(_LIFE)], f"Territoire {place % 20 + 1}, Personne {place % people + 1}"
        by_theme[place % themes].append(Card(text, by=by, number=place + 1))
        rows.append((str(place + 1), text, by, f"Thème {place % themes + 1}"))
    sections = tuple(Section(f"Thème {place + 1}", f"theme-{place + 1}", tuple(found)) for place, found in enumerate(by_theme))
    annex = Section("Toutes les paroles", "annexe", (Table("", ("N°", "Ce qui a été écrit", "Par", "Thème"), tuple(rows), (0,), (1,)),))
    facts = Facts((("Qui", f"{people} personnes"), ("Cartes", str(cards))))
    return Document("Une rencontre régionale", "", "fr", "2023-07-05T15:00:00Z", facts, (*sections, annex), "Relais des territoires")


def day() -> Document:
    """A day of situations, decoding, vote and baskets, as its staff would send it."""
    return Document(
        "Réciprocités entre villes et campagnes",
        "Quatorze situations racontées, trois décodées, dix-huit biens et services échangés : "
        "ce que dix-neuf personnes de six territoires ont mis en commun.",
        "fr",
        "2021-09-24T15:04:00Z",
        Facts(
            (
                ("Quand", "Vendredi 24 septembre 2021, de 9 h 30 à 17 h"),
                ("Où", "Valence TGV (Drôme)"),
                (
                    "Qui",
                    "19 personnes de 14 structures : 6 intercommunalités, 4 associations, 2 services de l’État, 1 laboratoire, 1 métropole",
                ),
                ("État", "Version de travail du 24 septembre à 17 h 04"),
            )
        ),
        (_kept(), _told(), _chosen(), _basket(), _promised(), _asked(), _evaluated(), _annex()),
        "Relais des territoires",
        (
            "Avec le soutien de l’Union européenne, de l’État et de la Région.",
            "Ce compte rendu est écrit avec les mots des participants ; aucune parole n’a été récrite, et toutes figurent en annexe.",
        ),
    )


def _kept() -> Section:
    return Section(
        "Ce que l’on retient",
        "ce-que-l-on-retient",
        (
            Paragraph(
                "Les coopérations qui tiennent ont presque toutes commencé petit : une cantine, un car, deux jours d’urbaniste par mois. "
                "Celles qui s’arrêtent avaient été signées avant d’être voulues."
            ),
            Section(
                "Ce qui revient",
                "ce-qui-revient",
                (
                    Listing(
                        (
                            "Une personne payée pour faire le lien, dès le premier jour, et dont chacun connaît le prénom",
                            "Des élus qui se sont d’abord rendu visite",
                            "Un premier échange si modeste qu’on ne peut pas le refuser",
                        ),
                        beside=("5 cartes", "3 cartes", "3 cartes, 2 tables"),
                    ),
                ),
            ),
            Section(
                "Ce qui divise",
                "ce-qui-divise",
                (Listing(("Qui décide quand la ville pèse 80 % des achats ?",), beside=("4 cartes, 2 tables",)),),
            ),
        ),
    )


def _told() -> Section:
    decoded = (
        Section(
            "Décodée par trois tables",
            "decodee-1",
            (
                Listing(
                    (
                        "Ce qui a marché : une cantine pilote, un seul légume, un prix connu d’avance",
                        "À surveiller : la part de la ville dans le capital",
                        "À emporter chez soi : le calendrier commun des plats et des récoltes",
                    ),
                    beside=("tables 1, 2 et 4", "table 2", "tables 1 et 4"),
                ),
                Card("On a cru que la légumerie créerait l’offre. C’est la commande qui l’a créée.", by="Table 2"),
            ),
        ),
    )
    return Section(
        "Situations",
        "situations",
        (
            Paragraph("Quatorze cartes, dont trois anonymes ; les plus choisies d’abord.", "note"),
            Card(
                "Une légumerie partagée entre la ville et trois intercommunalités, en SCIC. Un seul légume pour commencer.",
                (
                    (
                        "Contexte",
                        "La ville cherchait des produits locaux pour ses écoles ; "
                        "les communautés de communes avaient des maraîchers sans débouché régulier.",
                    ),
                    (
                        "Ce qui a été fait",
                        "Un tour de table des cuisiniers, puis une carotte.\nUne seule, pendant un an : le temps de régler la livraison.",
                    ),
                    ("Résultats", "Onze cantines, quatre légumes, deux emplois et demi."),
                    ("Vigilance", "Le jour où l’animatrice part, tout s’arrête."),
                ),
                "Drôme, Nadia Benhaddou-Desgranges · 34 points",
                12,
                decoded,
            ),
            Card(
                "Le contrat de réciprocité est signé depuis trois ans. Personne ne sait qui l’anime.", by="anonyme · 27 points", number=14
            ),
            Card(
                "L’eau de la ville vient de chez nous. Elle finance maintenant les haies du captage.",
                by="Ardèche, Lucie · 23 points",
                number=10,
            ),
            Card("نحن نزرع معاً منذ عشر سنوات، والمدينة تشتري محصولنا.", by="Métropole, Awa", number=8),
        ),
    )


def _chosen() -> Section:
    points = (
        ("Une légumerie partagée entre la ville et trois intercommunalités", 34),
        ("Le contrat est signé depuis trois ans, personne ne sait qui l’anime", 27),
        ("L’eau de la ville finance les haies du captage", 23),
        ("Une urbaniste de la Métropole, deux jours par mois, pour quatre communes qui n’en avaient jamais eu", 17),
        ("Un car le vendredi soir", 12),
        ("Des classes de ville en gîte communal", 8),
        ("Monnaie commune", 0),
    )
    return Section(
        "Ce que la salle a choisi de décoder",
        "vote",
        (
            Chart(
                "Points donnés à chaque situation",
                "Situation",
                "Points",
                tuple((label, float(value), str(value)) for label, value in points),
                "Trois situations réunissent plus de la moitié des 152 points donnés par 19 personnes.",
            ),
        ),
    )


def _basket() -> Section:
    return Section(
        "Un panier : le Forez et la Métropole",
        "panier-1",
        (
            Table(
                "Ce que chacun donne",
                ("Territoire", "Donne", "Reçoit"),
                (
                    (
                        "Forez",
                        "du bois d’œuvre pour les bancs d’une école ; l’accueil de six classes ; un savoir-faire : la taille des haies",
                        "2",
                    ),
                    ("Métropole", "une urbaniste deux jours par mois ; une commande de meubles pour deux ans", "3"),
                ),
                (2,),
                (1,),
            ),
            Facts(
                (
                    ("Durée", "un an, à revoir"),
                    ("Vigilance", "le bois doit sécher : rien avant le printemps"),
                    (
                        "Équilibre",
                        "le Forez donne trois fois et reçoit deux fois, et l’a voulu : « une urbaniste nous vaut deux échanges »",
                    ),
                    ("Signé", "par les deux équipes, 14 h 46. C’est un jeu : rien n’engage les structures."),
                )
            ),
        ),
    )


def _promised() -> Section:
    return Section(
        "Engagements",
        "engagements",
        (
            Table(
                "Qui fait quoi, et quand",
                ("Quoi", "Qui", "Quand", "Où l’on en est"),
                (
                    ("Envoyer le calendrier des plats", "Drôme, Nadia", "15 octobre", "fait"),
                    ("Inviter les élus de la Métropole à Montbrison", "Forez, Louis", "avant Noël", "en cours"),
                    ("Trouver qui anime le contrat de réciprocité", "personne encore", "", "à reprendre"),
                ),
            ),
        ),
    )


def _asked() -> Section:
    return Section(
        "Questions restées sans réponse",
        "questions",
        (
            Listing(
                (
                    "Le code des marchés publics permet-il d’écrire « local » ?",
                    "Combien coûte une journée d’animation, tout compris ?",
                ),
                ordered=True,
                beside=("la Région, le 8 octobre", "chacun, pour sa structure"),
            ),
        ),
    )


def _evaluated() -> Section:
    return Section(
        "Ce que la journée a valu",
        "evaluation",
        (
            Chart(
                "Retour sur le temps passé, de 0 à 4",
                "Note",
                "Personnes",
                (("4, plus que le temps passé", 9, "9"), ("3", 6, "6"), ("2", 2, "2"), ("1", 0, "0"), ("0, temps perdu", 0, "0")),
                "Dix-sept réponses, 3,4 en moyenne.",
                17,
            ),
            Card("J’emporte la carotte.", (("Ce que je ferai", "Appeler le cuisinier du lycée lundi."),), "anonyme"),
        ),
    )


def _annex() -> Section:
    people = ("Samira, Diois", "Hélène, Ardèche", "Yves, Drôme", "Louis, Forez", "Inès, Drôme", "anonyme")
    rows = tuple(
        (str(place + 1), _LIFE[place % len(_LIFE)], people[place % len(people)], "Se nourrir" if place % 2 else "Décider ensemble, décodée")
        for place in range(30)
    )
    return Section(
        "Annexe. Toutes les paroles du partage de situations",
        "annexe",
        (
            Paragraph(
                "Trente cartes, telles qu’elles ont été écrites. Les signées dans l’ordre où elles sont venues ; "
                "les anonymes ensuite, sans heure, dans un ordre tiré au sort.",
                "note",
            ),
            Table("", ("N°", "Ce qui a été écrit", "Par", "Où on la retrouve"), rows, (0,), (1,)),
        ),
    )
