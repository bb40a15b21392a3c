import CProcessor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension ThreadPool {
  /// As many threads as this process may run at a time: its affinity, capped by its cgroup's quota.
  public static let defaultCount: Int = {
    let processors = Int(processor_count())
    return max(1, min(processors, cgroupQuota() ?? processors, mostThreads))
  }()

  /// The processors' worth of time that the cgroup grants, rounded up; nil where there is no limit.
  private static func cgroupQuota() -> Int? {
    if let line = firstLine("/sys/fs/cgroup/cpu.max") {
      let fields = line.split(separator: " ").map { Double($0) }
      guard fields.count == 2, let quota = fields[0], let period = fields[1] else { return nil }
      return roundedUp(quota, period)
    }
    guard let quota = firstLine("/sys/fs/cgroup/cpu/cpu.cfs_quota_us").flatMap({ Double($0) }),
      let period = firstLine("/sys/fs/cgroup/cpu/cpu.cfs_period_us").flatMap({ Double($0) })
    else { return nil }
    return roundedUp(quota, period)
  }

  private static func roundedUp(_ quota: Double, _ period: Double) -> Int? {
    quota > 0 && period > 0 ? Int(min(quota / period, 65536).rounded(.up)) : nil
  }

  private static func firstLine(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 256)
    guard fgets(&buffer, 256, file) != nil else { return nil }
    let bytes = buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
