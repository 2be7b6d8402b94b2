"""groundup_forms.errors: what a server reads off them."""

import errno

import pytest

from groundup_forms import FormError, SpoolError


def test_a_form_error_is_a_value_error_with_a_status() -> None:
    with pytest.raises(ValueError, match="broken"):
        raise FormError("broken")

    assert FormError("broken").status == 400
    assert FormError("large", status=413).status == 413


def test_a_spool_error_is_the_servers() -> None:
    error = SpoolError(errno.ENOSPC, "full")

    assert isinstance(error, OSError)
    assert (error.status, error.errno) == (507, errno.ENOSPC)
