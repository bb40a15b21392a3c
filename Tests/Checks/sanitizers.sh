# Builds the tests with a sanitizer, each in a folder of its own, and runs them: for the scripts beside.

# usage: build_with address|thread
build_with() {
  swift build --build-tests --sanitize="$1" --scratch-path ".build-$1" $(c_flags "$1")
}

# usage: test_with address|thread [OPTION...]
test_with() {
  local sanitizer=$1
  shift
  # XCTest, of which no test is made, leaks at its end.
  GEN_SANITIZER=$sanitizer swift test --disable-xctest --skip-build --sanitize="$sanitizer" \
    --scratch-path ".build-$sanitizer" $(c_flags "$sanitizer") "$@"
}

# Swift has no undefined behavior sanitizer; the C has it beside the address sanitizer.
c_flags() {
  [ "$1" != address ] || echo "-Xcc -fsanitize=undefined -Xcc -fno-sanitize-recover=undefined"
}

# No leaks are looked for unless a script asks for them: Swift keeps a case in the spare
# bits of a pointer, and Foundation's processes and files have such pointers and real leaks of their own.
export ASAN_OPTIONS="detect_leaks=0"
export TSAN_OPTIONS="suppressions=$PWD/Tests/Checks/races.txt"
