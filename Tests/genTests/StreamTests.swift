import Foundation
import TestSupport
import Testing

/// Where results go: standard output and other descriptors, pipes, devices, files.
struct StreamTests {
  let gen = Program()

  /// Trains a network of a step, for something to report on and to draw from.
  private func train() throws {
    let result = try gen.start(Program.smallGAN + ["--steps", "1", "--name", "g"]).wait()
    try #require(result.status == 0, "\(result.messages)")
  }

  /// Runs a script of bash in the folder, to which $gen is the program.
  private func bash(_ script: String) throws -> Program.Result {
    try gen.write("gen=$1\n" + script, to: "script.bash")
    return try gen.startAsWords(of: "script.bash", []).wait()
  }

  /// What goes to a descriptor stands at its place, between what others write there, and nothing is
  /// replaced.
  @Test func anOpenDescriptorIsWrittenToAtItsPlace() throws {
    try train()
    #expect(try gen("report", "g", "-o", "page.html").output == "page.html\n")
    let page = try gen.bytes("page.html")
    let whole = Data("a\n".utf8) + page + Data("b\n".utf8)
    let names = [
      "-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "/dev/../dev/fd/1", "link",
    ]
    for name in names {
      let result = try bash(
        """
        ln -sf /dev/stdout link
        { echo a; $gen report g -o \(name); echo b; } > new
        echo old > old; { echo a; $gen report g -o \(name); echo b; } >> old
        ls -l link
        """)
      #expect(result.messages.isEmpty && result.output.contains("link -> /dev/stdout"))
      #expect(try gen.bytes("new") == whole, "\(name)")
      #expect(try gen.bytes("old") == Data("old\n".utf8) + whole, "\(name)")
    }
    let result = try bash(
      """
      exec 3> gone; rm gone
      $gen report g -o - >&3; cat /proc/self/fd/3 > unlinked
      exec 3> third; echo a >&3; $gen report g -o /dev/fd/3; echo b >&3
      { echo a; $gen report g -o /dev/stderr; echo b; } > first 2> second
      mkfifo pipe; cat pipe > piped & $gen report g -o pipe; wait; test -p pipe && echo a pipe
      $gen report g -o /dev/null; test -c /dev/null && echo a device
      $gen report g -o /dev/fd/9 9>&-; echo $?
      $gen report g -o - 1< page.html; echo $?
      """)
    #expect(
      result.output
        == "/dev/fd/3\npipe\na pipe\n/dev/null\na device\n73\n74\n", "\(result.messages)")
    #expect(result.messages.contains("/dev/fd/9: there is no such descriptor"))
    #expect(result.messages.contains("standard output: cannot write to it: it is open for reading"))
    for file in ["unlinked", "second", "piped"] { #expect(try gen.bytes(file) == page, "\(file)") }
    #expect(try gen.bytes("third") == whole)
    #expect(try gen.bytes("first") == Data("a\n/dev/stderr\nb\n".utf8))
  }

  /// A descriptor that is one of the program's own files is none that a user can name.
  @Test func theProgramsOwnFilesAreNoOutputs() throws {
    try train()
    let result = try bash(
      """
      for n in {3..15}; do eval "exec $n>&-"; done
      for n in {3..15}; do $gen report g -o /dev/fd/$n; echo $?; done
      """)
    #expect(result.output == String(repeating: "73\n", count: 13), "\(result.messages)")
    #expect(try gen("train", "--resume", "g", "--steps", "2").status == 0)
  }

  @Test func aFileKeepsItsModeAndItsLinks() throws {
    try train()
    let result = try bash(
      """
      $gen report g -o page.html > printed
      for name in report.html link.html; do
        echo old > report.html; chmod 640 report.html; ln -sf report.html link.html
        test $(id -u) != 0 || chown 1234:2345 report.html
        before=$(stat -c '%a %u %g' report.html)
        $gen report g -o $name > printed || echo failed
        test "$before" = "$(stat -c '%a %u %g' report.html)" || stat report.html
        cmp page.html report.html; test -L link.html || echo no link
      done
      ln -s target.html dangling.html; $gen report g -o dangling.html; cmp page.html target.html
      test -L dangling.html || echo no link
      ln -s round.html round.html; $gen report g -o round.html; echo $?
      $gen report g -o .; echo $?; $gen report g -o ''; echo $?
      ls -A | grep tmp
      """)
    #expect(result.output == "dangling.html\n73\n73\n73\n", "\(result.messages)")
    #expect(result.messages.contains("round.html: cannot create it: Too many levels"))
    #expect(result.messages.contains(".: cannot create it: Is a directory"))
  }

  /// What is printed and cannot be written ends with 74, whatever the verb, and with the reason.
  @Test(arguments: [
    "list", "list --json", "inspect g", "inspect g --json", "report g -o -", "report g -o g.html",
    "sample g --count 1 -o -", "sample g --count 1 -o g.png", "sample g --count 1 --each out",
    "sample g --count 1 --show", "sample r --length 3", "sample r --length 3 --count 2",
    "explain r --prompt be -o -", "explain r --prompt be", "eval r", "eval r --json",
    "export --to pretrained r -o out", "baseline book.txt", "baseline book.txt --json",
    "data check book.txt", "train gan --data shapes --dry-run", "manual", "--help", "help train",
    "sample -h", "--version", "--generate-completion-script zsh", "--experimental-dump-help",
    "gallery --count 1 --length 3 --steps 1",
  ])
  func standardOutputThatTakesNothing(call: String) throws {
    if call.contains(" g") || call.hasPrefix("list") || call.hasPrefix("gallery") { try train() }
    if call.contains(" r") { try trainText() }
    try gen.write(String(repeating: "To be, or not to be. ", count: 99), to: "book.txt")
    let result = try bash(
      """
      $gen \(call) > /dev/full 2> full; echo $?; rm -rf out
      $gen \(call) >&- 2> closed; echo $?
      """)
    #expect(result.output == "74\n74\n", "\(result.messages)")
    for (file, reason) in [("full", "No space left on device"), ("closed", "it is closed")] {
      let messages = String(decoding: try gen.bytes(file), as: UTF8.self)
      let message = "gen: standard output: cannot write to it: \(reason)\n"
      #expect(messages.hasSuffix(message), "\(messages)")
      #expect(messages.ranges(of: "standard output").count == 1)
    }
  }

  private func trainText() throws {
    try gen.write(String(repeating: "To be, or not to be. ", count: 99), to: "book.txt")
    let result = try gen.start(Program.smallText("rnn") + ["--name", "r"]).wait()
    try #require(result.status == 0, "\(result.messages)")
  }

  #if os(Linux)
    /// The thread sanitizer needs files of its own that grow.
    @Test(.enabled(if: Program.sanitizer != "thread")) func aFileThatMayNotGrow() throws {
      try train()
      try trainText()
      for call in ["manual", "report g -o -", "report g -o g.html", "sample r --length 300"] {
        let result = try bash("prlimit --fsize=100 $gen \(call) > out; echo $?; ls | grep tmp")
        #expect(result.output == "74\n", "\(call)")
        #expect(result.messages.contains("cannot write to it: File too large"), "\(call)")
      }
    }
  #endif

  /// Two results never go to one place, and nothing else is printed where a file's bytes go.
  @Test func eachResultHasAPlaceOfItsOwn() throws {
    let trained = try gen.start(Program.smallDiffusion + ["--steps", "1", "--name", "d"]).wait()
    try #require(trained.status == 0, "\(trained.messages)")
    let draw = "$gen sample d --steps 5 --count 1"
    for flags in [
      "-o - --strip -", "-o /dev/stdout --trajectory -", "--strip - --trajectory /dev/fd/1",
      "-o a.png --strip ./a.png", "--show --strip -", "--show -o /dev/stdout",
      "--strip d-seed0.png", "-o pipe --strip pipe", "-o /dev/fd/3 --strip - 3>&1", "--each -",
    ] {
      let result = try bash("mkfifo pipe 2>&-; \(draw) > out \(flags); echo $?; wc -c < out")
      #expect(result.output == "64\n0\n", "\(flags): \(result.messages)")
    }
    let result = try bash(
      """
      \(draw) -o - --strip strip.png > grid
      \(draw) --trajectory - > film 2> messages; cat messages
      \(draw) -o /dev/null --strip /dev/null
      """)
    #expect(result.output.hasSuffix("d-seed0.png\n/dev/null\n/dev/null\n"), "\(result.messages)")
    #expect(result.messages.hasSuffix("strip.png\n"))
    for file in ["grid", "film", "strip.png", "d-seed0.png"] {
      let bytes = try gen.bytes(file)
      #expect(bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]), "\(file)")
      #expect(bytes.suffix(8).starts(with: Data("IEND".utf8)), "\(file)")
    }
  }

  /// An output that cannot be is told before anything is computed.
  @Test func anOutputIsTriedFirst() throws {
    try train()
    for call in ["report g -o", "sample g --count 1 -o"] {
      let result = try bash("$gen \(call) no/page.png; echo $?; ls no")
      #expect(result.output == "73\n" && result.messages.contains("no/page.png: cannot create it"))
    }
  }

  /// Who closes a pipe ends the program without a word, as with any other; where SIGPIPE is ignored, it
  /// is an error. A training goes on without its reader, and misses it when it prints the run's name.
  @Test func aPipeThatNobodyReads() throws {
    let words = (Program.smallGAN + ["--steps", "3"]).map { "'\($0)'" }.joined(separator: " ")
    let result = try bash(
      """
      after() { sleep 0.3; "$@" 2> messages; echo $? > status; }
      after $gen manual | true; cat status messages
      (trap '' PIPE; after $gen manual | true); cat status messages
      after $gen \(words) --name g --log-every 1 2>&1 | true; cat status
      { sleep 0.3; $gen \(words) --name h --log-every 1; echo $? > status; } 2>&1 | true; cat status
      after $gen report g -o /dev/fd/3 3> >(true); cat status messages
      """)
    #expect(
      result.output
        == "141\n74\ngen: standard output: cannot write to it: Broken pipe\n141\n141\n141\n",
      "\(result.messages)")
    #expect(try !gen.bytes("runs/h/checkpoints/step-000003/model.safetensors").isEmpty)
  }

  /// No file takes the number of a descriptor that was closed, so that nothing is printed into it.
  @Test func aTrainingWithoutStandardStreams() throws {
    let words = (Program.smallGAN + ["--steps", "9", "--log-every", "1"])
      .map { "'\($0)'" }.joined(separator: " ")
    for (name, closed, output) in [
      ("none", "<&- >&- 2>&-", "74"), ("in", "<&-", "in\n0"), ("out", ">&-", "74"),
      ("err", "2>&-", "err\n0"),
    ] {
      let result = try bash("$gen \(words) --name \(name) \(closed); echo $?")
      #expect(result.output == "\(output)\n", "\(closed): \(result.messages)")
      let metrics = String(decoding: try gen.bytes("runs/\(name)/metrics.jsonl"), as: UTF8.self)
      let lines = metrics.split(separator: "\n")
      #expect(lines.count == 9)
      for line in lines {
        #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil, "\(line)")
      }
      let lock = String(decoding: try gen.bytes("runs/\(name)/.lock"), as: UTF8.self)
      #expect(!lock.contains("step"), "\(lock)")
    }
  }

  /// Lets a pipe be full soon, where the system can.
  /// - Returns: Whether it holds but 4096 bytes.
  @discardableResult
  private func shrink(_ pipe: Int32) throws -> Bool {
    #if os(Linux)
      // F_SETPIPE_SZ.
      try #require(fcntl(pipe, 1031, 4096) == 4096)
      return true
    #else
      return false
    #endif
  }

  /// A reader of messages that has stopped reading holds up neither a training nor its processor.
  @Test func standardErrorThatDoesNotBlock() throws {
    let pipe = Pipe()
    let writing = pipe.fileHandleForWriting.fileDescriptor
    #expect(fcntl(writing, F_SETFL, O_NONBLOCK) == 0)
    // More lines than it holds.
    let steps = try shrink(writing) ? 150 : 1500
    let process = Process()
    process.executableURL = URL(fileURLWithPath: gen.path)
    process.arguments =
      Program.smallGAN + ["--steps", "\(steps)", "--log-every", "1", "--name", "g"]
    process.currentDirectoryURL = URL(fileURLWithPath: gen.folder.path)
    process.standardError = pipe
    try process.run()
    try wait(for: "the end of the training") { !process.isRunning }
    #expect(process.terminationStatus == 0)
    #expect(try gen.bytes("runs/g/metrics.jsonl").split(separator: 10).count == steps)
  }

  /// A result is waited for as long as it takes.
  @Test func standardOutputThatDoesNotBlock() throws {
    let pipe = Pipe()
    let writing = pipe.fileHandleForWriting.fileDescriptor
    #expect(fcntl(writing, F_SETFL, O_NONBLOCK) == 0)
    try shrink(writing)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: gen.path)
    process.arguments = ["manual"]
    process.standardOutput = pipe
    try process.run()
    try pipe.fileHandleForWriting.close()
    let page = try unhung("the manual") {
      var page = Data()
      while true {
        usleep(20_000)
        let piece = pipe.fileHandleForReading.availableData
        if piece.isEmpty { return page }
        page += piece
      }
    }
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(String(decoding: page, as: UTF8.self) == (try gen("manual").output))
  }
}
