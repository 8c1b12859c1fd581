from __future__ import annotations

import pytest

from pipeline.backends.translation.checks import fault

GOOD = [
    ("Robin Li", "Robin Li"),
    ("GPT-4", "GPT-4"),
    ("Costa 3,5 milioni.", "It costs 3.5 million."),
    ("Erano 5.500.", "There were 5,500."),
    ("Erano 5.500.", "There were 5500."),
    ("Erano 2 mila.", "There were 2,000."),
    ("Valgono 2.000 miliardi.", "They are worth 2 trillion."),
    ("Comincia alle 20.30.", "It begins at 8:30 pm."),
    ("Comincia alle 20.30.", "It begins at 20:30."),
    ("Il 12/5/2025 arriva.", "It arrives on 12 May 2025."),
    ("Il 12.05.2025 arriva.", "It arrives on 12/05/2025."),
    ("Negli anni '90 era così.", "In the 1990s it was so."),
    ("Negli anni Novanta era così.", "In the 1990s it was so."),
    ("Nel XX secolo era così.", "In the 20th century it was so."),
    ("Tre su quattro hanno detto sì.", "3 out of 4 said yes."),
    ("Ventitré feriti a Roma.", "23 injured in Rome."),
    ("Il numero 1 al mondo.", "The number one in the world."),
    ("«Basta», ha detto.", "“Enough”, he said."),
    ("«Non so», ha detto.", "'I don't know', he said."),
    ("L'incontro è a Roma.", "The meeting is in Rome."),
    ("Vale a < b.", "It holds that a < b."),
]


@pytest.mark.parametrize(("source", "answer"), GOOD)
def test_a_translation_is_taken(source: str, answer: str) -> None:
    assert fault(source, answer, "en") is None


BAD = [
    ("Ciao a tutti.", None, "empty answer"),
    ("Ciao a tutti.", "  ", "empty answer"),
    ("Ha detto di no.", "ha detto di no.", "echo of the source"),
    ("Costa 3,5 milioni.", "It costs 35 million.", "numbers changed"),
    ("Costa 3,5 milioni.", "It costs millions.", "numbers changed"),
    ("Costa 20 euro.", "It costs 200 euros.", "numbers changed"),
    ("Costa molto.", "It costs 5.", "numbers changed"),
    ("Comincia alle 20.30.", "It begins at 8:30.", "numbers changed"),
    ("«Basta», ha detto.", "Enough, he said.", "quotation marks lost"),
    ("«Basta», ha detto.", "“Enough, he said.", "quotation marks lost"),
    ("«Non so», ha detto.", "I don't know, he said.", "quotation marks lost"),
    ("Fine della storia, davvero.", "The end.", "absurd length"),
    ("Molto bene.", "Very very very very very well.", "repeats itself"),
    ("Ciao.", "<b>Hello.</b>", "markup in the answer"),
    ("L'incontro è a Roma.", "The meeting is in Rome&#39;s.", "markup in the answer"),
    ("Il ponte è chiuso.", "Il ponte della città è chiuso.", "wrong language"),
    (
        "Il ponte sarà chiuso per tutta la notte a causa dei lavori.",
        "Le pont sera fermé pendant toute la nuit à cause des travaux de la ville.",
        "wrong language",
    ),
]


@pytest.mark.parametrize(("source", "answer", "reason"), BAD)
def test_what_is_no_translation_is_named(source: str, answer: str | None, reason: str) -> None:
    assert fault(source, answer, "en") == reason


def test_the_other_direction_is_checked_alike() -> None:
    assert fault("It costs 3.5 million.", "Costa 3,5 milioni.", "it") is None
    assert fault("It costs 3.5 million.", "Costa 35 milioni.", "it") == "numbers changed"
    assert fault("He said it was over.", "He said that it was over.", "it") == "wrong language"
