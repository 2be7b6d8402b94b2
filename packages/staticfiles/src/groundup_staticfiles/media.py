"""The media type of a file, by the end of its name; and which types are worth compressing.

The table is our own.  The one of the system differs from machine to machine, and a style sheet
that is ``text/plain`` on one server only is a bad day.  Text is UTF-8: so says every editor today,
and without the word some browsers guess.
"""

__all__ = ["is_compressible", "media_type"]

UNKNOWN = "application/octet-stream"
UTF_8 = "; charset=utf-8"

TYPES = {
    # text
    **dict.fromkeys(("html", "htm"), "text/html"),
    "css": "text/css",
    **dict.fromkeys(("js", "mjs", "cjs"), "text/javascript"),
    **dict.fromkeys(("txt", "text", "log", "ini", "conf", "cfg", "toml"), "text/plain"),
    **dict.fromkeys(("py", "rs", "go", "c", "h", "cpp", "java", "rb", "sh", "sql"), "text/plain"),
    **dict.fromkeys(("md", "markdown"), "text/markdown"),
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "ics": "text/calendar",
    "vcf": "text/vcard",
    "vtt": "text/vtt",
    "xml": "text/xml",
    # data
    **dict.fromkeys(("json", "map"), "application/json"),
    "jsonld": "application/ld+json",
    "geojson": "application/geo+json",
    "webmanifest": "application/manifest+json",
    **dict.fromkeys(("yaml", "yml"), "application/yaml"),
    "xhtml": "application/xhtml+xml",
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "wasm": "application/wasm",
    "pdf": "application/pdf",
    "rtf": "application/rtf",
    "epub": "application/epub+zip",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    # archives
    "zip": "application/zip",
    **dict.fromkeys(("gz", "tgz"), "application/gzip"),
    "bz2": "application/x-bzip2",
    "xz": "application/x-xz",
    "zst": "application/zstd",
    "br": "application/x-brotli",
    "tar": "application/x-tar",
    "7z": "application/x-7z-compressed",
    # images
    "png": "image/png",
    **dict.fromkeys(("jpg", "jpeg"), "image/jpeg"),
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "jxl": "image/jxl",
    "svg": "image/svg+xml",
    "ico": "image/x-icon",
    "bmp": "image/bmp",
    **dict.fromkeys(("tif", "tiff"), "image/tiff"),
    **dict.fromkeys(("heic", "heif"), "image/heic"),
    # sound and pictures that move
    "mp3": "audio/mpeg",
    **dict.fromkeys(("m4a", "aac"), "audio/mp4"),
    **dict.fromkeys(("ogg", "oga", "opus"), "audio/ogg"),
    "wav": "audio/wav",
    "flac": "audio/flac",
    "weba": "audio/webm",
    **dict.fromkeys(("mp4", "m4v"), "video/mp4"),
    "webm": "video/webm",
    "ogv": "video/ogg",
    "mov": "video/quicktime",
    "mkv": "video/x-matroska",
    "m3u8": "application/vnd.apple.mpegurl",
    # fonts
    "woff": "font/woff",
    "woff2": "font/woff2",
    "ttf": "font/ttf",
    "otf": "font/otf",
    "eot": "application/vnd.ms-fontobject",
}

# Besides all text, and all that is made of JSON or XML.  The others are compressed already.
COMPRESSIBLE = frozenset(
    {
        *("application/json", "application/yaml", "application/wasm", "application/rtf"),
        *("image/bmp", "image/x-icon", "font/ttf", "font/otf", "application/vnd.ms-fontobject"),
        *("application/x-tar", "application/vnd.apple.mpegurl"),
    }
)


def media_type(name: str) -> str:
    """Return the value of Content-Type for a file of this name.

    >>> media_type("style.css"), media_type("photo.JPG"), media_type("README")
    ('text/css; charset=utf-8', 'image/jpeg', 'application/octet-stream')
    """
    stem, _, suffix = name.rpartition(".")
    kind = TYPES.get(suffix.lower(), UNKNOWN) if stem else UNKNOWN
    return kind + UTF_8 if kind.startswith("text/") else kind


def is_compressible(content_type: str) -> bool:
    """Tell whether content of a type usually gets smaller.

    >>> is_compressible("text/css; charset=utf-8"), is_compressible("image/png")
    (True, False)
    """
    kind = content_type.partition(";")[0]
    return kind.startswith("text/") or kind.endswith(("+json", "+xml")) or kind in COMPRESSIBLE
