/// A path or a file's name as the system keeps it: bytes, which need not be text.
///
/// The order is that of the bytes, and equal are only those with the same bytes, whatever Unicode says
/// of the characters.
public struct BytePath: Hashable, Comparable, Sendable {
  /// The bytes, without a zero at the end.
  public let bytes: [UInt8]

  /// The path of these bytes.
  public init(bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

  /// The path that a text names.
  public init(_ text: String) { bytes = Array(text.utf8) }

  /// The path as text; nil where it is no UTF-8.
  public var text: String? { String(validating: bytes, as: UTF8.self) }

  /// Whether the system, or a user, hides a file of this name.
  package var isHidden: Bool { bytes.first == UInt8(ascii: ".") }

  /// The path's parts between slashes.
  package var components: [BytePath] {
    bytes.split(separator: UInt8(ascii: "/")).map { BytePath(bytes: $0) }
  }

  /// What comes after the last slash.
  package var lastComponent: BytePath {
    let slash = bytes.lastIndex(of: UInt8(ascii: "/"))
    return BytePath(bytes: bytes[(slash.map { $0 + 1 } ?? 0)...])
  }

  /// The path of what has that name in this folder; the name itself where this is empty.
  package func appending(_ name: BytePath) -> BytePath {
    let isComplete = bytes.isEmpty || bytes.last == UInt8(ascii: "/")
    return BytePath(bytes: bytes + (isComplete ? [] : [UInt8(ascii: "/")]) + name.bytes)
  }

  /// Calls `body` with the path as the system takes it.
  package func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    (bytes + [0]).withUnsafeBufferPointer { buffer in
      buffer.withMemoryRebound(to: CChar.self) { body($0.baseAddress!) }
    }
  }

  /// Whether one comes before the other in the order of bytes.
  public static func < (first: BytePath, second: BytePath) -> Bool {
    first.bytes.lexicographicallyPrecedes(second.bytes)
  }
}

extension BytePath: ExpressibleByStringLiteral {
  /// The path that a text names.
  public init(stringLiteral text: String) { self.init(text) }
}

extension BytePath {
  /// What comes after the last dot of the last component, in lower case; nil where it has no dot, or is
  /// no UTF-8 there.
  package var fileExtension: String? {
    let name = lastComponent.bytes
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return nil }
    return String(validating: name[(dot + 1)...], as: UTF8.self)?.lowercased()
  }
}
