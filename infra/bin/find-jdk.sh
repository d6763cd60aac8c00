# Sourced by ./mvnw and ./unifluid: leaves JAVA_HOME at a JDK 25 or newer, or ends with one sentence.
unifluid_java_major() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] &&
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}
unifluid_find_jdk() {
  for home in "${JAVA_HOME:-}" \
    "$(command -v javac >/dev/null 2>&1 && dirname "$(dirname "$(readlink -f "$(command -v javac)")")")" \
    /usr/lib/jvm/* /opt/java/* /opt/jdk* /opt/*jdk* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    [ -n "$home" ] || continue
    major=$(unifluid_java_major "$home") || continue
    if [ "${major:-0}" -ge 25 ]; then
      JAVA_HOME=$home
      export JAVA_HOME
      return 0
    fi
  done
  echo "UniFluid Streams needs a JDK 25 or newer and found none: install one (for example Temurin 25) or point JAVA_HOME at it." >&2
  return 1
}
unifluid_find_jdk || exit 3
