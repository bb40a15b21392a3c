import CLibrary

/// A moment to the millisecond, as files keep it: "2026-01-31T12:30:59.125Z" (ISO 8601, UTC).
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Milliseconds since the beginning of 1970.
  public let milliseconds: Int

  /// The moment that many milliseconds after the beginning of 1970.
  public init(milliseconds: Int) { self.milliseconds = milliseconds }

  /// Now.
  public static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: time.tv_sec * 1000 + time.tv_nsec / 1_000_000)
  }

  /// The moment that a text names; nil where it names none. The fraction of the second may be missing.
  public init?(_ text: String) {
    guard
      let match = text.wholeMatch(
        of: /(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z/)
    else { return nil }
    var fields = tm()
    guard let year = Int32(match.1), let month = Int32(match.2), let day = Int32(match.3),
      let hour = Int32(match.4), let minute = Int32(match.5), let second = Int32(match.6)
    else { return nil }
    (fields.tm_year, fields.tm_mon, fields.tm_mday) = (year - 1900, month - 1, day)
    (fields.tm_hour, fields.tm_min, fields.tm_sec) = (hour, minute, second)
    let seconds = timegm(&fields)
    // timegm takes the thirty-first of April for the first of May.
    guard fields.tm_mon == month - 1, fields.tm_mday == day, fields.tm_hour == hour,
      fields.tm_min == minute, fields.tm_sec == second
    else { return nil }
    let fraction = (match.7 ?? "").prefix(3)
    let thousandths = Int(fraction + String(repeating: "0", count: 3 - fraction.count)) ?? 0
    milliseconds = seconds * 1000 + thousandths
  }

  /// Seconds from an earlier moment to this one.
  public func seconds(since earlier: Timestamp) -> Double {
    Double(milliseconds - earlier.milliseconds) / 1000
  }

  /// To the second: "2026-01-31T12:30:59Z".
  public var toTheSecond: String { dateAndTime + "Z" }

  private var dateAndTime: String {
    // Rounded down, also before 1970.
    var seconds = time_t((milliseconds - fraction) / 1000)
    var fields = tm()
    gmtime_r(&seconds, &fields)
    func digits(_ value: Int32, _ count: Int) -> String { padded(Int(value), count) }
    return "\(digits(fields.tm_year + 1900, 4))-\(digits(fields.tm_mon + 1, 2))-"
      + "\(digits(fields.tm_mday, 2))T\(digits(fields.tm_hour, 2)):\(digits(fields.tm_min, 2)):"
      + digits(fields.tm_sec, 2)
  }

  private var fraction: Int { (milliseconds % 1000 + 1000) % 1000 }

  /// The earlier one is less.
  public static func < (first: Timestamp, second: Timestamp) -> Bool {
    first.milliseconds < second.milliseconds
  }
}

extension Timestamp: CustomStringConvertible, Codable {
  /// To the millisecond.
  public var description: String { "\(dateAndTime).\(padded(fraction, 3))Z" }

  /// From its text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let moment = Timestamp(text) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "is \(text), but must be a date, such as \"2026-01-31T12:30:59.125Z\"")
    }
    self = moment
  }

  /// As its text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
