from __future__ import annotations

from liteagent.cluster.resume import Place
from liteagent.events import Delta, Event
from liteagent.kernel import Frame, Progress, Reply


def event(seq: int) -> Event:
    return Event(seq=seq, type="turn.started", ts=0.0, data={}, epoch=1)


def delta(attempt: int, offset: int, text: str) -> Delta:
    return Delta(turn_id="t", attempt=attempt, offset=offset, text=text)


def read(place: Place, *frames: Frame) -> list[Frame]:
    return list(place.unseen(frames))


def test_an_event_that_was_read_is_not_told_again() -> None:
    place = Place(3)

    assert read(place, event(3), event(4)) == [event(4)]
    assert read(place, event(4), event(5)) == [event(5)]
    assert place.after == 5


def test_after_the_answer_to_its_command_a_stream_goes_on_with_what_the_command_caused() -> None:
    place = Place(None)

    assert read(place, Reply("a", after=8)) == [Reply("a", after=8)]
    assert (place.replied, place.after) == (True, 8)
    assert read(place, event(8), event(9)) == [event(9)]


def test_a_text_that_is_told_from_its_start_goes_on_where_the_reader_was() -> None:
    place = Place(None)

    assert read(place, delta(4, 0, "Good "), delta(4, 5, "morn")) == [
        delta(4, 0, "Good "),
        delta(4, 5, "morn"),
    ]
    assert read(place, delta(4, 0, "Good morning")) == [delta(4, 9, "ing")]
    assert read(place, delta(4, 0, "Good")) == []


def test_another_attempt_is_another_text() -> None:
    place = Place(None)
    read(place, delta(4, 0, "Good morning"))

    assert read(place, delta(8, 0, "Good")) == [delta(8, 0, "Good")]


def test_word_of_progress_is_passed_on() -> None:
    progress = Progress(turn_id="t", call_id="c", text="half")

    assert read(Place(None), progress) == [progress]
