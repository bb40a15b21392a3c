/// What becomes of a flag.
enum Fate: Sendable {
  /// What is printed or written is other than without it.
  case changes
  /// It has an effect, which these words show: of the output, the messages, or a recipe that is written.
  case says(String)
  /// The call ends with that status and a message with these words, since the value reaches its place.
  case fails(Int32, String)
  /// Status 64, with a message that has its name, or these words.
  case refused(String? = nil)
  /// Nothing changes, nor should it: it is about speed, or asks for what is so anyway.
  case same
  /// It has an effect that a test of its own shows.
  case seen(by: String)
}

/// A flag with its value, such as "--count 2", and what becomes of it.
struct FlagRow: Sendable {
  let words: [String]
  let fate: Fate
  /// What is given with it, and without it.
  let beside: [String]

  /// What is given: a value that begins with a dash belongs to its flag.
  var arguments: [String] {
    words.count > 1 && words[0].hasPrefix("--") ? ["\(words[0])=\(words[1])"] : words
  }

  /// Whether it is refused.
  var isRefused: Bool { if case .refused = fate { true } else { false } }

  /// The flag's long name without dashes.
  var name: String {
    let name = String(words[0].drop { $0 == "-" })
    return name == "o" ? "output" : name
  }
}

/// A command in one of its uses, such as sampling from a GAN, and what becomes of each of its flags.
struct FlagUse: Sendable {
  /// "gen sample".
  let command: String
  /// What it is used for.
  let description: String
  /// The call without the flag.
  let call: [String]
  /// In a folder of its own, and not beside the runs that others see.
  var isAlone = false
  private(set) var rows: [FlagRow] = []

  init(_ command: String, _ description: String, _ call: String, isAlone: Bool = false) {
    self.init(command, description, call.split(separator: " ").map(String.init), isAlone: isAlone)
  }

  init(_ command: String, _ description: String, _ call: [String], isAlone: Bool = false) {
    (self.command, self.description) = (command, "\(command) \(description)")
    (self.call, self.isAlone) = (call, isAlone)
  }

  /// The same with rows for further flags.
  func with(_ flags: [String], _ fate: Fate, beside: String = "") -> FlagUse {
    var use = self
    use.rows += flags.map { flag in
      FlagRow(
        words: flag.split(separator: " ", maxSplits: 1).map(String.init), fate: fate,
        beside: beside.split(separator: " ").map(String.init))
    }
    return use
  }

  /// The same with a row for one flag more.
  func with(_ flag: String, _ fate: Fate, beside: String = "") -> FlagUse {
    with([flag], fate, beside: beside)
  }
}
