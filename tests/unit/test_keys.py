"""Partitions: evenly spread over a cluster's slots, the same for ever."""

from collections import Counter

import pytest

from workflow.store import keys
from workflow.store.keys import SLOTS, Layout, slot, tags


def test_the_slot_is_that_of_the_cluster_specification() -> None:
    assert slot("123456789") == 0x31C3
    assert slot("foo") == 12182
    assert slot("user1000") == 3443


@pytest.mark.parametrize("partitions", [1, 2, 3, 16, 64, 100, 1024])
def test_each_partition_has_a_slot_in_its_own_equal_range(partitions: int) -> None:
    found = [slot(tag) for tag in tags(partitions)]
    assert [place * partitions // SLOTS for place in found] == list(range(partitions))


@pytest.mark.parametrize("nodes", [1, 2, 3, 4, 5, 6, 8])
def test_every_node_of_a_cluster_has_its_share(nodes: int) -> None:
    share = Counter(slot(tag) * nodes // SLOTS for tag in tags(64))
    assert len(share) == nodes
    assert max(share.values()) - min(share.values()) <= 2


def test_tags_and_partitions_never_change() -> None:
    """They say where the data of existing databases lies."""
    layout = Layout()
    assert layout.tags[:4] == ("{10}", "{18}", "{cc}", "{6d}")
    assert layout.tags[60:] == ("{a}", "{fc}", "{48}", "{2c}")
    found = [layout.partition(f"application/{n}") for n in range(8)]
    assert found == [3, 21, 47, 57, 26, 12, 54, 32]
    assert keys.meta(64) == b"format=1 partitions=64"


def test_subjects_are_spread_over_the_partitions() -> None:
    layout = Layout()
    share = Counter(layout.partition(f"application/{n:026x}") for n in range(64_000))
    assert len(share) == 64
    assert 850 < min(share.values()) <= max(share.values()) < 1150


@pytest.mark.parametrize("partitions", [0, -1, 1025])
def test_a_senseless_number_of_partitions(partitions: int) -> None:
    with pytest.raises(ValueError, match="partitions"):
        Layout(partitions)


def test_keys_of_a_partition_share_its_tag() -> None:
    layout = Layout()
    subject = "application/x"
    tag = layout.tag(subject)
    of_partition = (
        keys.feed(tag),
        keys.index(tag, "application", "a=b"),
        keys.words(tag, "pool"),
        keys.due(tag, "pool"),
    )
    for key in (*layout.of_subject(subject), *of_partition):
        assert key.startswith(tag)
    assert layout.of_subject(subject)[:2] == (layout.document(subject), layout.trail(subject))
    assert len({*layout.of_subject(subject), *of_partition}) == 7
