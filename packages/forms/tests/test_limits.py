"""groundup_forms.limits: every limit at its edge, and one past it."""

from typing import Any

import pytest

from groundup_forms import FormError, FormLimits
from groundup_forms.limits import Meter, too_large


@pytest.mark.parametrize("name", FormLimits.__slots__)
@pytest.mark.parametrize("value", [-1, 1.5, "1", True])
def test_a_limit_is_a_number_from_zero(name: str, value: Any) -> None:
    assert getattr(FormLimits(**{name: 0}), name) == 0
    with pytest.raises(ValueError, match=f"{name} must be a number from 0"):
        FormLimits(**{name: value})


def test_only_file_sizes_may_be_without_a_limit() -> None:
    limits = FormLimits(max_file=None, max_file_total=None)
    meter = Meter(limits)
    meter.start_file(0)

    meter.add(2**60)

    nothing: Any = None
    with pytest.raises(ValueError, match="max_field must be"):
        FormLimits(max_field=nothing)


def test_fields_are_counted() -> None:
    meter = Meter(FormLimits(max_fields=2, max_files=0))
    meter.start_field("a", 1)
    meter.start_field("b", 1)

    with pytest.raises(FormError, match=r"form .* 2 fields \(max_fields\)") as caught:
        meter.start_field("c", 1)

    assert caught.value.status == 413


def test_files_are_counted() -> None:
    meter = Meter(FormLimits(max_fields=0, max_files=2))
    meter.start_file(1)
    meter.start_file(1)

    with pytest.raises(FormError, match=r"form .* 2 files \(max_files\)"):
        meter.start_file(1)


def test_names_are_measured() -> None:
    meter = Meter(FormLimits(max_name=4))
    meter.start_field("name", 4)
    meter.start_file(4)

    with pytest.raises(FormError, match=r"name of a field .* 4 bytes \(max_name\)"):
        meter.start_field("names", 5)
    with pytest.raises(FormError, match=r"name of a file .* 4 bytes \(max_name\)"):
        meter.start_file(5)


def test_a_field_is_measured_over_all_its_pieces() -> None:
    meter = Meter(FormLimits(max_field=4))
    for name in ("a", "b"):
        meter.start_field(name, 1)
        meter.add(1)
        meter.add(3)

    with pytest.raises(FormError, match=r"field 'b' .* 4 bytes \(max_field\)"):
        meter.add(1)


def test_all_fields_are_measured_with_their_names() -> None:
    meter = Meter(FormLimits(max_field_total=8))
    meter.start_field("ab", 2)
    meter.add(4)
    meter.start_field("cd", 2)

    with pytest.raises(FormError, match=r"fields of a form .* 8 bytes \(max_field_total\)"):
        meter.add(1)
    with pytest.raises(FormError, match="max_field_total"):
        meter.start_field("e", 1)


def test_a_file_and_all_files_are_measured() -> None:
    meter = Meter(FormLimits(max_file=4, max_file_total=6, max_field=0))
    meter.start_file(1)
    meter.add(4)
    with pytest.raises(FormError, match=r"file must .* 4 bytes \(max_file\)"):
        meter.add(1)

    meter = Meter(FormLimits(max_file=4, max_file_total=6))
    for size in (4, 2):
        meter.start_file(1)
        meter.add(size)
    with pytest.raises(FormError, match=r"files of a form .* 6 bytes \(max_file_total\)"):
        meter.add(1)


def test_names_of_strangers_are_cut_in_messages() -> None:
    meter = Meter(FormLimits(max_field=0))
    meter.start_field("x" * 1000, 1000)

    with pytest.raises(FormError) as caught:
        meter.add(1)

    assert len(str(caught.value)) < 120
    assert str(too_large("form", 3, "max_fields", "fields")) == (
        "form must not have more than 3 fields (max_fields)"
    )
