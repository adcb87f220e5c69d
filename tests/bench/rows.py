"""What is measured, and the goals: at most so much of what curl takes."""
from dataclasses import dataclass, field

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30

UNITS = {"wall": "ms", "cpu": "ms", "memory": "MiB", "instructions": "M"}


@dataclass
class Row:
    name: str
    title: str
    goals: dict
    pairs: int
    url: str  # of the bench's servers, by name
    size: int  # of what is served there
    arguments: list = field(default_factory=list)
    output: str = "null"  # or pipe, tmpfs, disk
    start_up: bool = False  # short enough to count its instructions
    system_store: bool = False  # only the system's store has the server's CA


def goals(wall, cpu=None, memory=None, instructions=None):
    return {"wall": wall, "cpu": cpu, "memory": memory, "instructions": instructions}


def chunked(name, words, size):
    return Row(f"chunked-{name}", f"1 GiB in chunks of {words}", goals(0.60, 0.60, 0.25), 5,
               f"chunked:{size}", GIB)


CACERT = ["--cacert", "{ca}"]

ROWS = [
    Row("http", "http 1 KiB, whole process", goals(0.15, None, 0.25, 0.03), 60, "http",
        KIB, start_up=True),
    Row("https-system", "https 1 KiB, system CAs", goals(0.20, None, 0.55, 0.10), 40, "https",
        KIB, start_up=True, system_store=True),
    Row("https-cacert", "https 1 KiB, --cacert with one", goals(0.65, None, 0.60, 0.70), 60,
        "https", KIB, CACERT, start_up=True),
    Row("null", "2 GiB to /dev/null", goals(0.70, 0.35, 0.25), 7, "http", 2 * GIB),
    Row("pipe", "2 GiB to a pipe", goals(0.40, 0.35, 0.25), 7, "http", 2 * GIB, output="pipe"),
    Row("tmpfs", "1 GiB to a file on tmpfs", goals(0.80, 0.70, 0.25), 7, "http", GIB,
        output="tmpfs"),
    Row("disk", "1 GiB to a file on disk", goals(0.60, 0.70, 0.25), 7, "http", GIB,
        output="disk"),
    chunked("1k", "1 KiB", KIB),
    chunked("16k", "16 KiB", 16 * KIB),
    chunked("1m", "1 MiB", MIB),
    Row("tls", "1 GiB over TLS", goals(1.00, 0.80, 0.60), 7, "https", GIB, CACERT),
    Row("keep-alive", "10,000 keep-alive GETs", goals(0.50, 0.30, 0.25), 7, "http*10000", KIB),
    Row("parallel", "10,000 GETs, -Z 50", goals(0.45, 0.35, 0.40), 7, "http*10000", KIB,
        ["-Z"]),
]


def select(names):
    """The rows of these names, or of those that begin with them and a hyphen."""
    chosen = [row for row in ROWS
              if any(row.name == name or row.name.startswith(name + "-") for name in names)]
    unknown = [name for name in names
               if not any(row.name == name or row.name.startswith(name + "-") for row in ROWS)]
    if unknown:
        raise ValueError("no row is called " + ", ".join(unknown))
    return chosen if names else ROWS
