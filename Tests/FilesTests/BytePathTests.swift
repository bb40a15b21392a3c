import Testing

@testable import Files

@Suite struct BytePathTests {
  @Test(arguments: [
    ("", ""), ("cat", "cat"), ("Über/naïve ☃.png", "Über/naïve ☃.png"),
    ("a\nb\rc", #"a\u{0A}b\u{0D}c"#), ("\u{1B}[31m", #"\u{1B}[31m"#),
    ("\u{202E}gpj.png", #"\u{202E}gpj.png"#), ("a\u{2028}b\u{9B}", #"a\u{2028}b\u{009B}"#),
    (#"C:\new\xe"#, #"C:\new\xe"#), (#"\xE9"#, #"\x5CxE9"#), (#"\u{1B}"#, #"\x5Cu{1B}"#),
    (#"\\x41"#, #"\\x5Cx41"#), (#"\u{110000}"#, #"\u{110000}"#),
  ])
  func textIsItselfUntilATerminalWouldObeyIt(text: String, escaped: String) {
    #expect(BytePath(text).escaped == escaped)
    #expect(BytePath(escaped: escaped) == BytePath(text))
  }

  @Test func bytesThatAreNoCharacterAreShownAsNumbers() {
    #expect(BytePath(bytes: Array("caf".utf8) + [0xE9]).escaped == #"caf\xE9"#)
    #expect(BytePath(bytes: [0xE2, 0x82]).escaped == #"\xE2\x82"#)
    #expect(BytePath(bytes: [0xE9]).text == nil && BytePath("é").text == "é")
    // The same characters in other bytes are another file.
    #expect(BytePath("\u{E9}") != BytePath("e\u{301}"))
  }

  @Test func everyNameHasAnEscapedFormOfItsOwn() {
    // Names of the bytes of which escapes are made, and of those that are to be escaped.
    let alphabet = Array(#"\xu{}4E"#.utf8) + [0xE9, 0x0A, 0xC3, 0xA9, 0x80]
    var names: [[UInt8]] = [[]]
    var seen: Set<String> = []
    for length in 0...4 {
      for name in names where name.count == length {
        let path = BytePath(bytes: name)
        #expect(BytePath(escaped: path.escaped) == path)
        #expect(Array(path.escaped.utf8).allSatisfy { $0 >= 0x20 })
        seen.insert(path.escaped)
        if length < 4 { names += alphabet.map { name + [$0] } }
      }
    }
    #expect(seen.count == names.count)
    var state: UInt64 = 1
    for _ in 0..<20_000 {
      let name = (0..<12).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1
        return alphabet[Int(state >> 33) % alphabet.count]
      }
      #expect(BytePath(escaped: BytePath(bytes: name).escaped).bytes == name)
    }
  }

  @Test func componentsAreBetweenSlashesWhateverFollowsThem() {
    // A slash and an accent are one character, but two bytes.
    #expect(BytePath("a/\u{301}b.png").lastComponent == "\u{301}b.png")
    #expect(BytePath("a/\u{301}b/c").components == ["a", "\u{301}b", "c"])
    #expect(BytePath("a.b/c").fileExtension == nil)
    #expect(BytePath(bytes: [0xE9] + Array(".PnG".utf8)).fileExtension == "png")
    #expect(BytePath("a").appending("b") == "a/b" && BytePath("").appending("b") == "b")
    #expect(BytePath("/").appending("b") == "/b")
  }
}

@Suite struct PrintableTests {
  @Test func whatATerminalObeysIsShown() {
    #expect(printable("a\u{1B}[2J\u{7}\tb\nc\r\nd") == "a\\u{1B}[2J\\u{07}\tb\nc\\u{0D}\nd")
    #expect(oneLine("a\tb\r\nc") == #"a\u{09}b\u{0D}\u{0A}c"#)
    let turning: [Unicode.Scalar] =
      ["\u{61C}", "\u{200E}", "\u{200F}"]
      + (0x202A...0x202E).map { Unicode.Scalar($0)! }
      + (0x2066...0x2069).map { Unicode.Scalar($0)! }
    for scalar in turning {
      let digits = String(scalar.value, radix: 16, uppercase: true)
      #expect(printable("a\(scalar)b") == "a\\u{\(digits.count < 4 ? "0" : "")\(digits)}b")
    }
    #expect(printable("naïve ☃ 日本 👩‍👩‍👧") == "naïve ☃ 日本 👩‍👩‍👧")
  }

  @Test func namesInMessagesAreOnOneLine() {
    let name = "a\nb\u{1B}[0m\u{202E}"
    let message: Message = "writing to \(name)\n"
    #expect("\(message)" == "writing to a\\u{0A}b\\u{1B}[0m\\u{202E}\n")
    #expect("\("\(lines: name)" as Message)" == "a\nb\\u{1B}[0m\\u{202E}")
    #expect("\("\(raw: "\u{1B}[K")\(message)" as Message)" == "\u{1B}[K\(message)")
  }
}
