"""What the pages in results/ have in common."""
import os, re, sys, time

RESULTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "results")
DATE = time.strftime("%Y-%m-%d")


def processor():
    found = re.search(r"model name\s*: (.*)", open("/proc/cpuinfo").read())
    return re.sub(" +", " ", found.group(1)).strip() if found else "unknown"


def run():
    """What was run, when and on what: how a page begins."""
    command = " ".join(["bench/" + os.path.basename(sys.argv[0]), *sys.argv[1:]])
    return f"`{command}` on {DATE}: {os.cpu_count()} cores ({processor()}), loopback"


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def write(name, text):
    with open(f"{RESULTS}/{name}", "w") as out:
        out.write(text)
