"""How people are reached: links that open a chat."""

from exhibition.core.contacts import whatsapp_link


def test_a_whatsapp_link_carries_the_words_encoded() -> None:
    assert whatsapp_link("+62812", "Halo & salam?") == "https://wa.me/62812?text=Halo%20%26%20salam%3F"


def test_without_a_number_the_person_chooses_the_chat() -> None:
    assert whatsapp_link("", "https://fair.example/p/x") == "https://wa.me/?text=https%3A%2F%2Ffair.example%2Fp%2Fx"
