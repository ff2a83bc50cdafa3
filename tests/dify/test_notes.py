"""Notes: that a round with many of a kind does not drown its reader."""

from emulator.dify.notes import few_of_each, note


def test_of_many_notes_of_a_code_the_third_tells_how_many_more_there_were() -> None:
    many = [note("DE201", f"Key {number}.") for number in range(500)]
    late = note("DE103", "Late.")
    few = few_of_each([*many[:2], late, *many[2:]])
    assert [each.happened for each in few] == [
        "Key 0.",
        "Key 1.",
        "Late.",
        "Key 2. And 497 more like this.",
    ]
    assert {each.advice for each in few} == {many[0].advice, late.advice}


def test_three_of_a_code_stay_as_they_are() -> None:
    three = [note("DE201", f"Key {number}.") for number in range(3)]
    assert few_of_each(three) == three
    assert few_of_each([]) == []
