import Files
import Foundation

/// A day by which a night of the gallery is called: "2026-11-21".
public struct GalleryDate: Comparable, Sendable, CustomStringConvertible {
  private let year: Int
  private let month: Int
  private let day: Int

  private static let calendar: Calendar = {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    return calendar
  }()

  /// The day of that name, or nil where there is none, such as "2026-02-30".
  public init?(_ name: String) {
    guard let match = name.wholeMatch(of: /(\d{4})-(\d\d)-(\d\d)/),
      let year = Int(match.1), let month = Int(match.2), let day = Int(match.3), year >= 1970
    else { return nil }
    self.init(year, month, day)
    guard DateComponents(calendar: Self.calendar, year: year, month: month, day: day).isValidDate
    else { return nil }
  }

  /// Today, where this machine is.
  public static var today: GalleryDate {
    let parts = Calendar(identifier: .gregorian).dateComponents(
      [.year, .month, .day], from: Date())
    return GalleryDate(parts.year ?? 1970, parts.month ?? 1, parts.day ?? 1)
  }

  private init(_ year: Int, _ month: Int, _ day: Int) {
    (self.year, self.month, self.day) = (year, month, day)
  }

  /// Its name, which sorts as the days do.
  public var description: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }

  /// How many days it is after the first of 1970.
  var number: Int {
    let date = Self.calendar.date(from: DateComponents(year: year, month: month, day: day))
    return Int((date?.timeIntervalSince1970 ?? 0) / 86_400)
  }

  /// "21 November 2026".
  var words: String { "\(day) \(Self.months[month - 1]) \(year)" }

  /// "Saturday"; the first of 1970 was a Thursday.
  var weekday: String { Self.weekdays[(number + 3) % 7] }

  /// The earlier one is less.
  public static func < (a: GalleryDate, b: GalleryDate) -> Bool {
    (a.year, a.month, a.day) < (b.year, b.month, b.day)
  }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
  private static let weekdays = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
  ]
}

extension GalleryDate: Codable {
  /// From its name.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    guard let date = GalleryDate(name) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "no day: \(name)")
    }
    self = date
  }

  /// As its name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
