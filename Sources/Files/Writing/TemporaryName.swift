/// The names of what is unfinished, which nobody else uses by accident:
/// ".recipe.yaml.gen-0123456789abcdef.tmp".
///
/// A name alone proves nothing about whether somebody is still at it: who clears up also asks for a lock.
package enum TemporaryName {
  private static let mark = ".gen-"
  private static let end = ".tmp"
  private static let digits = 16

  /// A new name, beside what will be called `name`.
  package static func new(for name: String) -> String {
    // Most file systems take 255 bytes.
    var start = name
    while start.utf8.count > 200 { start.removeLast() }
    let number = String(UInt64.random(in: .min ... .max), radix: 16)
    let zeros = String(repeating: "0", count: digits - number.count)
    return ".\(start)\(mark)\(zeros)\(number)\(end)"
  }

  /// What will be called otherwise once it is finished; nil where the name is none of these.
  package static func finalName(of name: String) -> String? {
    guard name.hasPrefix("."), name.hasSuffix(end) else { return nil }
    let rest = name.dropFirst().dropLast(end.count)
    let number = rest.suffix(digits)
    guard number.count == digits, number.allSatisfy({ "0123456789abcdef".contains($0) }),
      rest.dropLast(digits).hasSuffix(mark)
    else { return nil }
    return String(rest.dropLast(digits + mark.count))
  }

  /// The name of a folder that stands aside while another takes its place, where the file system cannot
  /// let the two change places.
  static func aside(for name: String) -> String { ".\(name).gen-old" }

  /// What a folder is called that stands aside under that name; nil where it is none of these.
  static func originalName(of name: String) -> String? {
    name.hasPrefix(".") && name.hasSuffix(".gen-old") ? String(name.dropFirst().dropLast(8)) : nil
  }
}
