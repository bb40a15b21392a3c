extension TokenizerFile {
  /// What a `tokenizer.json` says that describes a tokenizer: Python's `tokenizers` opens it and encodes
  /// every text of characters that are known as the tokenizer does.
  ///
  /// The tokenizer is one of this module's.
  public static func content(of tokenizer: any Tokenizer) -> String {
    switch tokenizer {
    case let tokenizer as BytePairTokenizer: return content(of: tokenizer)
    case let tokenizer as CharacterTokenizer:
      return content(
        of: BytePairTokenizer(
          alphabet: .characters,
          tokens: (0..<Int32(tokenizer.count)).map { tokenizer.bytes(of: $0) }, merges: []))
    case is ByteTokenizer:
      return content(
        of: BytePairTokenizer(
          alphabet: .bytes, tokens: (UInt8.min...UInt8.max).map { [$0] }, merges: [],
          splitsWords: false))
    default: preconditionFailure("no tokenizer.json describes a \(type(of: tokenizer))")
    }
  }

  private static func content(of tokenizer: BytePairTokenizer) -> String {
    let addedNames = Dictionary(
      tokenizer.added.map { ($0.token, $0.content) }, uniquingKeysWith: { first, _ in first })
    let names = tokenizer.tokens.enumerated().map { number, bytes -> String? in
      guard let bytes else { return nil }
      if let name = addedNames[Int32(number)] { return name }
      switch tokenizer.alphabet {
      case .bytes: return ByteAlphabet.spelled(bytes)
      case .characters: return String(decoding: bytes, as: UTF8.self)
      }
    }
    let added = tokenizer.added.map {
      "{\"id\": \($0.token), \"content\": \($0.content.json), "
        + "\"single_word\": \($0.matching.isWord), \"lstrip\": \($0.matching.takesSpaceBefore), "
        + "\"rstrip\": \($0.matching.takesSpaceAfter), \"normalized\": \($0.matching.isLate), "
        + "\"special\": \($0.isSpecial)}"
    }
    let vocabulary = names.enumerated().compactMap { number, name in
      name.map { "\($0.json): \(number)" }
    }
    let merges = tokenizer.merges.compactMap { merge -> String? in
      guard let left = names[Int(merge.left)], let right = names[Int(merge.right)] else {
        return nil
      }
      return "[\(left.json), \(right.json)]"
    }
    let (split, decoder) = stages(of: tokenizer)
    func name(_ token: Int32) -> String { (names[Int(token)] ?? "").json }
    return """
      {
        "version": "1.0",
        "truncation": null,
        "padding": null,
        "added_tokens": \(list(added, "[", "]", "  ")),
        "normalizer": null,
        "pre_tokenizer": \(split),
        "post_processor": \(template(of: tokenizer, name)),
        "decoder": \(decoder),
        "model": {
          "type": "BPE",
          "dropout": null,
          "unk_token": \(tokenizer.unknown.map { name($0.token) } ?? "null"),
          "continuing_subword_prefix": null,
          "end_of_word_suffix": null,
          "fuse_unk": \(tokenizer.unknown?.isFused ?? false),
          "byte_fallback": false,
          "ignore_merges": false,
          "vocab": \(list(vocabulary, "{", "}", "    ")),
          "merges": \(list(merges, "[", "]", "    "))
        }
      }

      """
  }

  /// What splits a text before it is encoded, and what becomes of tokens when they are text again.
  private static func stages(of tokenizer: BytePairTokenizer) -> (split: String, decoder: String) {
    guard tokenizer.alphabet == .bytes else { return ("null", "{\"type\": \"Fuse\"}") }
    func stage(_ addsSpace: Bool) -> String {
      "{\"type\": \"ByteLevel\", \"add_prefix_space\": \(addsSpace), \"trim_offsets\": true, "
        + "\"use_regex\": \(tokenizer.splitsWords)}"
    }
    return (stage(tokenizer.addsSpace), stage(true))
  }

  /// What puts tokens before and after each text, and between and after the two of a pair.
  private static func template(of tokenizer: BytePairTokenizer, _ name: (Int32) -> String) -> String
  {
    let (before, after) = (tokenizer.before, tokenizer.after)
    guard !before.isEmpty || !after.isEmpty else { return "null" }
    func parts(_ text: String, _ type: Int) -> [String] {
      func special(_ token: Int32) -> String {
        "{\"SpecialToken\": {\"id\": \(name(token)), \"type_id\": \(type)}}"
      }
      let sequence = "{\"Sequence\": {\"id\": \"\(text)\", \"type_id\": \(type)}}"
      return before.map(special) + [sequence] + after.map(special)
    }
    let tokens = Set(before + after).sorted().map {
      "\(name($0)): {\"id\": \(name($0)), \"ids\": [\($0)], \"tokens\": [\(name($0))]}"
    }
    return "{\"type\": \"TemplateProcessing\", "
      + "\"single\": [\(parts("A", 0).joined(separator: ", "))], "
      + "\"pair\": [\((parts("A", 0) + parts("B", 1)).joined(separator: ", "))], "
      + "\"special_tokens\": {\(tokens.joined(separator: ", "))}}"
  }

  /// A list with a line for each element.
  private static func list(
    _ elements: [String], _ open: String, _ close: String, _ indent: String
  ) -> String {
    guard !elements.isEmpty else { return open + close }
    return open + "\n" + elements.map { "\(indent)  \($0)" }.joined(separator: ",\n")
      + "\n\(indent)\(close)"
  }
}
