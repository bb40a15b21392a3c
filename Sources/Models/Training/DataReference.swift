import Datasets
import Files
import Images
import Runs

/// Data that was named, or that a run has learned from.
public struct DataReference: Sendable {
  /// A built-in name or a path, as it was typed.
  public let source: String
  /// What is known of it; nothing where it is not a run's.
  public private(set) var record = DataRecord()
  private var run: RunFolder?
  private var seed: UInt64 = 0

  /// Data by its name or path.
  public init(_ source: String) { self.source = source }

  /// What a run has learned from, which its recipe calls by that name or path.
  public init(_ source: String, of run: RunFolder, seed: UInt64) {
    self.source = source
    (self.run, self.seed) = (run, seed)
    record = (try? run.environment())?.data ?? record
  }

  /// What it is called on pages: of a path, the last component.
  public var name: String { run == nil ? source : shared(path: source) }

  /// A built-in name, or the path where the data is: where it was when the run last trained, or else
  /// where its name leads to from the working folder, or from the folder that the runs' folder is in.
  /// - Throws: `FileError`, missing, with all places where it was looked for.
  public func location() throws(FileError) -> String {
    guard let run, !Self.builtIn.contains(source) else { return source }
    let places = places(of: run)
    if let place = places.first(where: isThere) { return place }
    throw FileError(
      .missing, source,
      "what \(run.name) has learned from is not there any more: looked for at "
        + "\(places.joined(separator: ", at "))")
  }

  /// A message for others: the name stands in it in place of paths.
  package func withoutPlaces(_ message: String) -> String {
    guard let run, !Self.builtIn.contains(source) else { return message }
    return (places(of: run) + [source]).filter { $0.contains("/") }.sorted { $0.count > $1.count }
      .reduce(message) { $0.replacing($1, with: name) }
  }

  private func places(of run: RunFolder) -> [String] {
    let project = absolutePath(run.path).split(separator: "/").dropLast(2).map { "/\($0)" }
    let beside = source.hasPrefix("/") ? nil : absolutePath("\(project.joined())/\(source)")
    var places: [String] = []
    for case let place? in [record.path, absolutePath(source), beside]
    where !places.contains(place) {
      places.append(place)
    }
    return places
  }

  /// Whether a name or path leads to data from the working folder.
  public static func exists(_ source: String) -> Bool {
    builtIn.contains(source) || fileKind(source, followingLinks: true) != nil
  }

  private static let builtIn = Set(ImageDataset.names + TextSource.names)

  /// Its absolute path; nil for a built-in name.
  static func path(of location: String) -> String? {
    builtIn.contains(location) ? nil : absolutePath(location)
  }

  /// How the run's images are read.
  /// - Throws: `FileError` where a newer program has recorded rules that this one does not know.
  func reading() throws(FileError) -> ImageReading {
    guard let run else { return .current }
    guard let reading = ImageReading(rawValue: record.reading ?? ImageReading.first.rawValue) else {
      throw FileError(
        .badData, run.environmentPath,
        "reads its images by rules of a newer gen, which this one does not know")
    }
    return reading
  }

  /// How its images are opened, but for their size and channels.
  package func imageOptions() throws(FileError) -> ImageDataset.Options {
    var options = ImageDataset.Options()
    options.seed = seed
    options.skipBroken = record.skipsBroken
    options.reading = try reading()
    return options
  }

  /// Makes sure that data is what the run has learned from, as far as its record tells.
  /// - Throws: `FileError` that says which part differs, and what to do.
  package func check(
    hash: String?, heldOutHash: String?, at location: String, remedy: String
  ) throws(FileError) {
    let differences = record.differences(hash: hash, heldOutHash: heldOutHash)
    guard let run, !differences.isEmpty else { return }
    throw FileError(
      .badData, location,
      "is not what \(run.name) has learned from: the \(differences.joined(separator: " and the ")) "
        + "\(differences.count == 1 ? "is" : "are") not the same; put it back as it was, or \(remedy)"
    )
  }
}

extension ImageDataset {
  /// The fingerprints as runs' records keep them.
  package var hash: String { String(contentHash, radix: 16) }
  package var hashOfHeldOut: String? { heldOutHash.map { String($0, radix: 16) } }

  /// How many images there are to learn from, and how many are held out.
  var counts: (training: Int, heldOut: Int?) { (count, try? heldOut().count) }
}
