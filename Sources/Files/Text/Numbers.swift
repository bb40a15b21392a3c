import CLibrary

// Numbers as people read them.

/// `number` with zeros in front, so that it has at least that many digits.
public func padded(_ number: Int, _ digits: Int) -> String {
  let text = String(number)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}

/// A length of time in seconds.
public func seconds(_ duration: Duration) -> Double {
  Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

/// The number with so many digits behind the point.
public func fixed(_ value: Double, _ digits: Int) -> String {
  guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let scaled = (abs(value) * scale).rounded()
  guard scaled < 0x1p63 else { return "\(value)" }
  let rounded = Int(scaled)
  let sign = value < 0 && rounded > 0 ? "-" : ""
  guard digits > 0 else { return sign + "\(rounded)" }
  let fraction = padded(rounded % Int(scale), digits)
  return "\(sign)\(rounded / Int(scale)).\(fraction)"
}

/// A length of time for people: "42s", "3m05s", "2h10m".
public func duration(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds < 1e9 else { return "?" }
  let whole = Int(seconds.rounded())
  if whole < 60 { return "\(whole)s" }
  if whole < 3600 { return "\(whole / 60)m\(padded(whole % 60, 2))s" }
  return "\(whole / 3600)h\(padded(whole / 60 % 60, 2))m"
}

/// A number of bytes for people: "1.5 MiB".
public func size(_ bytes: Int) -> String {
  var (value, unit) = (Double(bytes), 0)
  let units = ["B", "KiB", "MiB", "GiB", "TiB"]
  while value >= 1024 && unit + 1 < units.count {
    value /= 1024
    unit += 1
  }
  return "\(fixed(value, unit == 0 ? 0 : 1)) \(units[unit])"
}

/// A number for people, with so many significant digits: "0.02", "1.5e-5", "12,000".
public func brief(_ value: Double, digits: Int = 4) -> String {
  guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
  if value == value.rounded(), abs(value) < 1e7 {
    let plain = String(Int(abs(value)))
    let groups = stride(from: plain.count, to: 0, by: -3).map { end in
      String(plain.prefix(end).suffix(end > 3 ? 3 : end))
    }
    return (value < 0 ? "-" : "") + groups.reversed().joined(separator: ",")
  }
  let isSmall = abs(value) < 1e-3
  let text = formatted(value, isSmall ? "%.\(digits - 1)e" : "%.\(digits)g")
  guard let mark = text.firstIndex(of: "e"), let exponent = Int(text[text.index(after: mark)...])
  else { return text }
  var factor = text[..<mark]
  while factor.contains("."), let last = factor.last, "0.".contains(last) {
    factor.removeLast()
    if last == "." { break }
  }
  return "\(factor)e\(exponent)"
}

/// The number as printf(3) writes it.
private func formatted(_ value: Double, _ format: String) -> String {
  var text = [CChar](repeating: 0, count: 64)
  let count = withVaList([value]) { vsnprintf(&text, text.count, format, $0) }
  return String(decoding: text.prefix(Int(count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
}
