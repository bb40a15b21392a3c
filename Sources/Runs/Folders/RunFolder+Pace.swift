import Files

extension RunFolder {
  /// How far a training has come, and how fast it has been lately.
  public struct Pace: Equatable, Sendable {
    /// Steps done, as was logged last.
    public let step: Int
    /// Images or characters a second.
    public let itemsPerSecond: Double
    /// What a step takes, with evaluations, previews and checkpoints.
    public let secondsPerStep: Double
  }

  /// The pace by the latest of the run's timings; nil where it has logged none.
  public var pace: Pace? {
    var latest: [MetricsRecord] = []
    do {
      try MetricsLog.forEachRecord(place / Name.timings) { record in
        latest.append(record)
        if latest.count > Self.timingsInPace { latest.removeFirst() }
      }
    } catch { return nil }
    guard let last = latest.last, let rate = last.values["items_per_second"],
      let seconds = last.values["seconds"]
    else { return nil }
    // Alone, it is the mean from the beginning.
    let first = latest.count > 1 ? latest[0] : MetricsRecord(step: 0, [(key: "seconds", value: 0)])
    let steps = last.step - first.step
    guard steps > 0, let before = first.values["seconds"], seconds >= before else { return nil }
    return Pace(
      step: last.step, itemsPerSecond: rate, secondsPerStep: (seconds - before) / Double(steps))
  }

  /// Over so many timings, what comes now and then counts for what it takes.
  private static let timingsInPace = 20
}
