"""Builds the Maven module bench and runs programs of it, for the commands parts and concurrency."""
import glob, os, re, shutil, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
HOME = os.path.dirname(HERE)


def java():
    """A JDK 25, looked for as the launcher does."""
    homes = [os.environ.get("JAVA_HOME", ""), *sorted(glob.glob("/usr/lib/jvm/*25*")), *sorted(glob.glob("/usr/lib/jvm/*"))]
    tried = [os.environ.get("FLIPBOOK_JAVA"), *(f"{home}/bin/java" for home in homes), shutil.which("java")]
    for program in tried:
        if program and os.access(program, os.X_OK) and os.access(os.path.join(os.path.dirname(program), "javac"), os.X_OK):
            if int(re.search(r'version "(\d+)', version(program)).group(1)) >= 25:
                return program
    sys.exit("bench: no JDK 25 was found; install one, or name its java in FLIPBOOK_JAVA.")


def version(program):
    return subprocess.run([program, "-version"], stderr=subprocess.PIPE, text=True).stderr


def current():
    """Whether nothing has changed since the last build, by whatever command."""
    stamp = f"{HERE}/target/class-path"
    if not os.path.exists(stamp):
        return False
    sources = [f"{HOME}/pom.xml", f"{HOME}/core/pom.xml", f"{HERE}/pom.xml"]
    for folder in (f"{HOME}/core/src/main", f"{HERE}/src/main"):
        for path, _, files in os.walk(folder):
            sources += [path, *(os.path.join(path, file) for file in files)]
    return all(os.path.getmtime(source) < os.path.getmtime(stamp) for source in sources)


def build(program):
    """The class path of the module, which is built first when it is not yet."""
    jdk = os.path.dirname(os.path.dirname(os.path.realpath(program)))
    maven = [f"{HOME}/mvnw", "-B", "-ntp", "-q", "-Dquick", "-Dspotless.check.skip", "-Dmaven.test.skip=true", "-pl", "bench", "-am"]
    if not current() and subprocess.run([*maven, "package"], cwd=HOME, env={**os.environ, "JAVA_HOME": jdk}).returncode:
        sys.exit("bench: the build failed; it says why above.")
    return f"{HERE}/target/classes:{open(f'{HERE}/target/class-path').read().strip()}"
