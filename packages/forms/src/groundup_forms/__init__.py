"""Forms as browsers send them: urlencoded, multipart with uploads, and JSON, all within limits.

errors, limits                   what can be wrong, and how much is too much
charsets, urlencoded, jsonbody   bodies that are kept whole
boundary, disposition, multipart   bodies that are read in pieces, without I/O
filenames, uploads               names that a stranger chose, and files on their way to the disk
form                             one face for all forms
"""

from groundup_forms.disposition import PartStart
from groundup_forms.errors import FormError, SpoolError
from groundup_forms.filenames import safe_filename
from groundup_forms.form import Form, FormParser, parse_form
from groundup_forms.jsonbody import parse_json
from groundup_forms.limits import FormLimits
from groundup_forms.multipart import Event, MultipartParser, PartEnd
from groundup_forms.uploads import UploadedFile
from groundup_forms.urlencoded import parse_urlencoded

__all__ = [
    "Event",
    "Form",
    "FormError",
    "FormLimits",
    "FormParser",
    "MultipartParser",
    "PartEnd",
    "PartStart",
    "SpoolError",
    "UploadedFile",
    "parse_form",
    "parse_json",
    "parse_urlencoded",
    "safe_filename",
]
