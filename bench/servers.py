"""Finding, building, starting and ending the programs that are measured, and what they take of the machine."""
import glob, os, re, resource, shutil, signal, socket, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
HOME = os.path.dirname(HERE)
PYTHON = "/usr/bin/python3"  # Debian's, which sees Debian's Flask
STARTED = []


def stop(sentence):
    sys.exit(f"bench/{os.path.basename(sys.argv[0])}: {sentence}")


def ready(*options):
    """Checks the command line and the machine; SIGTERM ends the script as an error would, so that it cleans up."""
    if not sys.platform.startswith("linux"):
        stop("it needs Linux, whose epoll and accounting of processes it uses.")
    if unknown := set(sys.argv[1:]) - set(options):
        stop(f"unknown option {min(unknown)}; there {'is' if len(options) == 1 else 'are'} {' and '.join(options)}.")
    if not shutil.which("gcc"):
        stop("gcc is not installed; it compiles the viewers (apt-get install gcc libc6-dev).")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def raise_descriptors(wanted):
    """Lets this process and those it starts have so many descriptors, or as many as may be; how many that is."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(hard, wanted),) * 2)
    except (ValueError, OSError):  # only root raises the hard limit
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


# --- programs ------------------------------------------------------------------------------------------------------------

def output(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError:
        return ""
    return (done.stdout + done.stderr).strip() if done.returncode == 0 else ""


def compile_c(folder, source, *options):
    target = f"{folder}/{os.path.splitext(source)[0]}"
    if subprocess.run(["gcc", "-O2", *options, "-o", target, f"{HERE}/{source}", "-ldl"]).returncode:
        stop(f"gcc could not compile bench/{source}; it says why above (libc6-dev has what it needs).")
    return target


def java():
    """A JDK 25, looked for as the launcher does."""
    homes = [os.environ.get("JAVA_HOME", ""), *sorted(glob.glob("/usr/lib/jvm/*25*")), *sorted(glob.glob("/usr/lib/jvm/*"))]
    tried = [os.environ.get("FLIPBOOK_JAVA"), *(f"{home}/bin/java" for home in homes), shutil.which("java")]
    for program in tried:
        if program and os.access(program, os.X_OK) and os.access(os.path.join(os.path.dirname(program), "javac"), os.X_OK):
            found = re.search(r'version "(\d+)', output(program, "-version"))
            if found and int(found.group(1)) >= 25:
                return program
    stop("no JDK 25 was found; install one, or name its java in FLIPBOOK_JAVA.")


class Embedding:
    """A Java program of this folder that has Flipbook as a library, run with the options of the launcher."""

    def __init__(self, folder, name):
        self.name, self.classes = name, f"{folder}/classes"
        self.jars = f"{HOME}/app/target/flipbook"
        if not glob.glob(f"{self.jars}/flipbook-server-*.jar"):
            stop("Flipbook is not built; run ./flipbook --version, which builds it.")
        self.java = java()
        self.options = re.search(r'^options="(.*)"', open(f"{HOME}/flipbook").read(), re.M).group(1).split()
        cache = f"{self.jars}/flipbook.aot"
        self.cache = [f"-XX:AOTCache={cache}", "-Xlog:disable"] if os.path.exists(cache) else []
        javac = os.path.join(os.path.dirname(self.java), "javac")
        if subprocess.run([javac, "-d", self.classes, "-cp", f"{self.jars}/*", f"{HERE}/{name}.java"]).returncode:
            stop(f"javac could not compile bench/{name}.java; it says why above.")

    def version(self):
        flipbook = output(f"{HOME}/flipbook", "--version").split()[-1]
        jdk = re.search(r"version \"(.*?)\"", output(self.java, "-version")).group(1)
        return f"{flipbook}, JDK {jdk}, {self.options[0]}" + (", AOT cache" if self.cache else "")

    def command(self, *arguments, options=()):
        return [self.java, *self.cache, *self.options, *options, "-cp", f"{self.jars}/*:{self.classes}", self.name,
                *map(str, arguments)]


# --- processes -----------------------------------------------------------------------------------------------------------

def start(command, stdin=subprocess.DEVNULL, **more):
    process = subprocess.Popen(command, stdin=stdin, start_new_session=True, **more)
    STARTED.append(process)
    return process


def kill(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe:
            pipe.close()
    STARTED.remove(process)


def kill_all():
    for process in list(STARTED):
        kill(process)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tree(pid):
    """This process and those below it."""
    below = [int(child) for file in glob.glob(f"/proc/{pid}/task/*/children") for child in open(file).read().split()]
    return [pid] + [one for child in below for one in tree(child)]


def cpu_time(pid):
    """Seconds that all its threads have run, also those that have ended; in steps of a hundredth."""
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid):
    """Bytes of memory that the process has now."""
    return int(re.search(r"VmRSS:\s*(\d+) kB", open(f"/proc/{pid}/status").read()).group(1)) * 1024
