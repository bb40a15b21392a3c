import CProcessor

extension ThreadPool {
  /// As many threads as this process may run at a time: its affinity, capped by the quotas of its
  /// control groups.
  public static let defaultCount = threads(
    processors: Int(processor_count()), quota: ControlGroups().processorQuota)

  /// Threads for so many processors, of which a quota may grant a part: `2.5` takes three.
  static func threads(processors: Int, quota: Double?) -> Int {
    let granted = quota.map { Int(min($0, Double(mostThreads)).rounded(.up)) } ?? processors
    return max(1, min(processors, granted, mostThreads))
  }
}
