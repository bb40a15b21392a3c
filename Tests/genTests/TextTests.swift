import Foundation
import Testing

/// Models of text from end to end: what they learn from, generate, and are evaluated on.
struct TextTests {
  let gen = Program()

  private func train(_ kind: String = "transformer", name: String, _ settings: String...) throws {
    try gen.write(Self.book, to: "book.txt")
    let arguments =
      Program.smallText(kind) + settings.flatMap { ["--set", $0] } + ["--name", name]
    let result = try gen.start(arguments).wait()
    #expect(result.status == 0, "\(result.messages)")
  }

  /// A text with some order in it.
  private static let book = (0..<600).map { number in
    "\(number % 7) äpfel, \(number % 3 == 0 ? "and pears" : "or plums")\n"
  }.joined()

  @discardableResult
  private func sample(_ arguments: String...) throws -> Program.Result {
    let result = try gen.start(["sample"] + arguments).wait()
    #expect(result.status == 0, "\(result.messages)")
    return result
  }

  private func object(_ line: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  private func number(_ key: String, in object: [String: Any]) -> Double {
    (object[key] as? NSNumber)?.doubleValue ?? .nan
  }

  @Test(arguments: ["transformer", "rnn"]) func aRunWritesAndIsJudged(kind: String) throws {
    try train(kind, name: "a")
    let text = try sample("--prompt", "3 äpfel", "--length", "60", "--temperature", "1")
    #expect(text.messages.hasPrefix("sampling from a\n"))
    for word in ["60 characters, 60 tokens in", "tokens a second", "GB a second"] {
      #expect(text.messages.contains(word), "\(text.messages)")
    }
    let written = text.output.dropLast(text.output.hasSuffix("\n") ? 1 : 0)
    #expect(written.hasPrefix("3 äpfel") && text.output.unicodeScalars.count >= 67)
    // The same in a batch, in a file, and on one thread.
    let common = ["--prompt", "3 äpfel", "--length", "60", "--temperature", "1"]
    let three = try gen.start(["sample", "a", "--count", "3", "-o", "three.txt"] + common).wait()
    #expect(three.output == "three.txt\n", "\(three.messages)")
    let file = try String(contentsOfFile: gen.folder("three.txt"), encoding: .utf8)
    #expect(file.hasPrefix("--- 1 of 3 ---\n\(written)"))
    #expect(file.contains("--- 2 of 3 ---\n3 äpfel") && file.contains("--- 3 of 3 ---\n3 äpfel"))
    #expect(
      try gen.start(["sample", "a", "--threads", "1"] + common).wait().output == text.output)
    #expect(
      try gen.start(["sample", "a", "--seed", "1"] + common).wait().output != text.output)

    let told = try gen("eval", "a", "--json")
    #expect(told.status == 0 && told.output.split(separator: "\n").count == 1)
    let report = try object(told.output)
    #expect(
      Set(report.keys) == [
        "bits_per_character", "count", "data", "nats_per_character",
        "nats_per_character_overlapping", "ngram_context", "ngram_nats_per_character",
        "other_data", "run", "step",
      ])
    #expect(report["other_data"] as? Bool == false)
    let nats = number("nats_per_character", in: report)
    #expect(nats > 0 && abs(number("bits_per_character", in: report) * log(2) - nats) < 1e-9)
    // Every held-out character but the first.
    let baseline = try object(gen("baseline", "book.txt", "--json").output)
    #expect(number("count", in: report) == number("count", in: baseline) - 1)
    #expect(
      number("ngram_nats_per_character", in: report)
        == number("nats_per_character", in: baseline))
    let table = try gen("eval", "a")
    for word in ["half-overlapping", "held-out characters of book.txt", "The n-gram with"] {
      #expect(table.output.contains(word), "\(table.output)")
    }
  }

  /// Of a long text a part is evaluated in training, which says so; `gen eval` takes all of this one.
  @Test(arguments: ["transformer", "rnn"]) func aPartOfALongTextIsEvaluated(kind: String) throws {
    try gen.write(Self.book, to: "book.txt")
    let arguments = Program.smallText(kind) + ["--set", "evaluate.every=1", "--name", "a"]
    let settings = ["--set", "evaluate.characters=1000", "--set", "evaluate.ngram_characters=2000"]
    let result = try gen.start(arguments + settings).wait()
    #expect(result.status == 0, "\(result.messages)")
    let count = Self.book.unicodeScalars.count
    let learned = Int(Double(count) * 0.9)
    for line in [
      "\(learned) tokens to learn from, \(count - learned) characters held out",
      "of \(count - learned) held-out characters 1000 are evaluated, spread evenly",
      "of \(learned) characters to learn from 2000 are counted by the n-gram, spread evenly",
    ] { #expect(result.messages.contains(line), "\(result.messages)") }
    let report = try object(gen("eval", "a", "--json").output)
    #expect(number("count", in: report) == Double(count - learned - 1))
    #expect(report["held_out"] == nil && number("ngram_count", in: report) == 2000)
    #expect(
      try gen("eval", "a").output.contains("characters of context, counted on 2000 characters"))
    let wrong = try gen.start(arguments + ["--set", "evaluate.characters=999"]).wait()
    #expect(wrong.status == 64 && wrong.messages.contains("evaluate.characters"))
  }

  @Test func bytesAreJudgedByCharacters() throws {
    try train(name: "a", "data.unit=byte")
    let report = try object(gen("eval", "a", "--json").output)
    let baseline = try object(gen("baseline", "book.txt", "--json").output)
    #expect(abs(number("count", in: report) - number("count", in: baseline) + 1) <= 1)
    #expect(
      number("ngram_nats_per_character", in: report)
        == number("nats_per_character", in: baseline))
    // No character is unknown to bytes.
    #expect(try sample("a", "--prompt", "\u{1F600}", "--length", "5").output.hasPrefix("\u{1F600}"))
  }

  /// Rounded weights: the same text from any number of threads and instructions, and nearly the same loss.
  @Test(arguments: ["transformer", "rnn"]) func weightsInLowPrecision(kind: String) throws {
    try train(kind, name: "a")
    let whole = try sample("a", "--length", "40", "--count", "3")
    func weights(_ result: Program.Result) throws -> Double {
      let words = result.messages.split(separator: " ")
      let place = try #require(words.firstIndex(of: "MB"), "\(result.messages)")
      return try #require(Double(words[place - 1]))
    }
    #expect(
      try sample("a", "--length", "40", "--count", "3", "--precision", "float32").output
        == whole.output)
    let report = try object(gen("eval", "a", "--json").output)
    #expect(report["precision"] == nil)
    let nats = number("nats_per_character", in: report)
    for (precision, most) in [("bfloat16", 0.002), ("int8", 0.01)] {
      let call = ["sample", "a", "--length", "40", "--count", "3", "--precision", precision]
      let text = try gen.start(call + ["--threads", "1"]).wait()
      #expect(try gen.start(call + ["--threads", "3"]).wait().output == text.output)
      #if arch(x86_64)
        let narrow = try gen.start(call, environment: ["GEN_ISA": "avx2"]).wait()
        #expect(narrow.output == text.output)
      #endif
      // The first of three is the text that is written alone.
      let alone = try sample("a", "--length", "40", "--precision", precision)
      #expect(text.output.hasPrefix("--- 1 of 3 ---\n\(alone.output)"))
      #expect(try weights(text) <= weights(whole))
      let told = try object(sample("a", "--json", "--precision", precision).output)
      #expect(told["precision"] as? String == precision)
      let rounded = try object(gen("eval", "a", "--json", "--precision", precision).output)
      #expect(rounded["precision"] as? String == precision)
      #expect(abs(number("nats_per_character", in: rounded) - nats) <= most)
      #expect(
        try gen("eval", "a", "--precision", precision).output.contains(
          "with weights in \(precision), predicts"))
    }
  }

  @Test func stopStringsAndTheTemperatureZero() throws {
    try train(name: "a")
    let greedy = ["sample", "a", "--prompt", "3 ", "--temperature", "0", "--length", "40"]
    let whole = try gen.start(greedy).wait().output
    #expect(try gen.start(greedy + ["--seed", "9"]).wait().output == whole)
    #expect(try gen.start(greedy + ["--top-k", "1", "--temperature", "5"]).wait().output == whole)
    let stop = String(whole.dropFirst(10).prefix(2))
    let end = try #require(whole.dropFirst(2).range(of: stop)).lowerBound
    let stopped = try gen.start(greedy + ["--stop", "never", "--stop", stop]).wait().output
    #expect(stopped == whole[..<end] + (whole[..<end].hasSuffix("\n") ? "" : "\n"))
  }

  @Test func whatCannotBeWrittenIsSaid() throws {
    try train(name: "a")
    #expect(try gen.start(Program.smallGAN + ["--steps", "1", "--name", "gan"]).wait().status == 0)
    let cases: [(arguments: [String], status: Int32, message: String)] = [
      (["a", "--prompt", "3 Äpfel"], 64, "character 3 is \"Ä\", U+00C4"),
      (["a", "--temperature=-1"], 64, "--temperature is -1.0, but must be 0 to 100"),
      (["a", "--top-k", "0"], 64, "--top-k is 0"),
      (["a", "--top-p", "0"], 64, "--top-p is 0.0"),
      (["a", "--top-p", "1.1"], 64, "--top-p is 1.1"),
      (["a", "--min-p", "2"], 64, "--min-p is 2.0"),
      (["a", "--repeat-penalty", "0"], 64, "--repeat-penalty is 0.0"),
      (["a", "--length", "0"], 64, "--length is 0"),
      (["a", "--stop", ""], 64, "--stop is empty"),
      (["a", "--on-unknown", "panic"], 64, "--on-unknown"),
      (["a", "--count", "0"], 64, "--count is 0"),
      (["a", "-o", "nowhere/text.txt"], 73, "nowhere/text.txt"),
      (["a", "--steps", "5"], 64, "--steps is for images, but a generates text"),
      (["a", "--each", "out"], 64, "--each is for images, but a generates text"),
      (["gan", "--prompt", "x"], 64, "--prompt is for text, but gan generates images"),
      (["gan", "--precision", "int8"], 64, "--precision is for text, but gan generates images"),
      (["--prompt", "x", "--columns", "5"], 64, "--prompt is for text and --columns for images"),
    ]
    for (arguments, status, message) in cases {
      let result = try gen.start(["sample"] + arguments).wait()
      #expect(result.status == status, "\(arguments): \(result.messages)")
      #expect(result.messages.contains(message), "\(arguments): \(result.messages)")
    }
    let skipped = try sample("--prompt", "3 Äpfel", "--on-unknown", "skip", "--length", "5")
    #expect(skipped.output.hasPrefix("3 pfel"))
    // The newest is the GAN; the newest that writes is the other.
    #expect(skipped.messages.hasPrefix("sampling from a\n"))
    #expect(try sample("-o", "grid.png", "--count", "1").messages == "sampling from gan\n")
    #expect(try sample("a", "--length", "5", "-o", "-").output.count >= 5)
    let judged = try gen("eval", "a", "--count", "30")
    #expect(judged.status == 64 && judged.messages.contains("a generates text"))
    try gen.write(Self.book + "z", to: "other.txt")
    let other = try gen("eval", "a", "--data", "other.txt")
    #expect(other.status == 65 && other.messages.contains("other.txt: character"))
  }

  @Test func textsThatCannotBeLearned() throws {
    try gen.write("", to: "empty.txt")
    try gen.write("too short", to: "short.txt")
    try gen.write(String(repeating: "a", count: 5000), to: "same.txt")
    try Data([65, 66, 10, 0xE4]).write(to: URL(fileURLWithPath: gen.folder("latin.txt")))
    try Data([0xFF, 0xD8, 0xFF, 0xE0]).write(to: URL(fileURLWithPath: gen.folder("photo.jpg")))
    let cases: [(data: String, status: Int32, message: String)] = [
      ("empty.txt", 65, "empty.txt: empty"), ("short.txt", 65, "too short"),
      ("same.txt", 65, "5000 times the same character"),
      ("latin.txt", 65, "no UTF-8 at byte offset 3, line 2"),
      ("photo.jpg", 65, "photo.jpg: an image (JPEG), not text"),
      ("nowhere.txt", 66, "nowhere.txt"),
    ]
    for (data, status, message) in cases {
      for arguments in [["train", "transformer", "--steps", "1", "--data"], ["baseline"]] {
        let result = try gen.start(arguments + [data]).wait()
        #expect(result.status == status, "\(arguments) \(data): \(result.messages)")
        #expect(result.messages.contains(message), "\(arguments) \(data): \(result.messages)")
      }
    }
    let check = try gen("data", "check", "latin.txt")
    #expect(check.status == 65 && check.output.contains("latin.txt: no UTF-8 at byte offset 3"))
    #expect(try gen("data", "check", "photo.jpg").output.contains("not text"))
  }

  @Test func aTextIsLookedOver() throws {
    try gen.write("äb\nb\n", to: "texts/one.txt")
    try gen.write("b", to: "texts/two.md")
    let check = try gen("data", "check", "texts")
    #expect(check.status == 0, "\(check.messages)")
    for line in ["texts: 6 characters of text in 2 files, 7 bytes", "distinct characters: 3"] {
      #expect(check.output.contains(line), "\(check.output)")
    }
    let report = try object(gen("data", "check", "texts", "--json").output)
    #expect(number("characters", in: report) == 6 && number("lines", in: report) == 3)
  }

  @Test func theBaselineIsATable() throws {
    try gen.write(Self.book, to: "book.txt")
    let table = try gen("baseline", "book.txt", "--context", "3")
    #expect(table.status == 0 && table.output.contains("CONTEXT  NATS"))
    #expect(table.output.contains("\n3        ") && !table.output.contains("\n4        "))
    let report = try object(gen("baseline", "book.txt", "--json").output)
    #expect((report["nats_by_context"] as? [Double])?.count == 8)
    #expect(try gen("baseline", "book.txt", "--context", "99").status == 64)
  }
}
