/// Text that is not the JSON it must be.
package struct JSONError: Error, Equatable {
  package let message: String

  package init(_ message: String) { self.message = message }
}

/// What JSON says.
package enum JSONContent: Sendable {
  case null
  case flag(Bool)
  /// As it is written.
  case number(String)
  case string(String)
  case array([JSONContent])
  case object([JSONMember])

  /// For messages: what is there, when something else should be.
  var phrase: String {
    switch self {
    case .null: "null"
    case .flag(let flag): "\(flag)"
    case .number(let digits): String(digits.prefix(40))
    case .string(let text): text.unicodeScalars.count < 40 ? quoted(text) : "text"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// A key of an object and what it says.
package struct JSONMember: Sendable {
  package let name: String
  /// The line of the key.
  package let line: Int
  package let value: JSONContent
}

/// A key by its bytes: a vocabulary may have two that strings take for the same.
package struct JSONKey: Hashable {
  let text: String

  package static func == (a: JSONKey, b: JSONKey) -> Bool {
    a.text.utf8.count == b.text.utf8.count && a.text.utf8.elementsEqual(b.text.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

extension [JSONKey] {
  /// The first that is there twice. Most objects have few keys, which are compared faster than hashed.
  var firstRepeated: JSONKey? {
    if count <= 8 {
      for i in indices {
        for j in 0..<i where self[j] == self[i] { return self[i] }
      }
      return nil
    }
    var seen = Set<JSONKey>(minimumCapacity: count)
    return first { !seen.insert($0).inserted }
  }
}

extension UInt8 {
  /// Whether a JSON number may be made of it.
  var isInNumbers: Bool {
    switch Unicode.Scalar(self) {
    case "0"..."9", "+", "-", ".", "e", "E": true
    default: false
    }
  }
}

/// The start of `text` in quotes, for messages: what a file says may be megabytes.
package func cited(_ text: String) -> String {
  let start = String(text.unicodeScalars.prefix(100))
  return quoted(start.utf8.count < text.utf8.count ? start + "..." : start)
}

/// `text` as a JSON string, with its quotes.
package func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    // YAML, which reads recipes, takes none of these as they are, and an editor might obey them.
    case _ where scalar.isUnprintable || ["\u{FEFF}", "\u{FFFE}", "\u{FFFF}"].contains(scalar):
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
