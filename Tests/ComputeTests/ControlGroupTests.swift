import Foundation
import Testing

@testable import Compute

/// What control groups allow, read from folders that look like a machine's.
struct ControlGroupTests {
  private let machine = Machine()

  @Test func theTightestQuotaOnTheWayUpCounts() throws {
    try machine.write(
      [
        "proc/self/cgroup": "0::/user.slice/job/step\n",
        "proc/self/mountinfo": "30 24 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n",
        "sys/fs/cgroup/user.slice/cpu.max": "600000 100000\n",
        "sys/fs/cgroup/user.slice/job/cpu.max": "150000 100000\n",
        "sys/fs/cgroup/user.slice/job/step/cpu.max": "max 100000\n",
        "sys/fs/cgroup/user.slice/memory.max": "4294967296\n",
        "sys/fs/cgroup/user.slice/job/memory.high": "1073741824\n",
        "sys/fs/cgroup/user.slice/job/memory.max": "2147483648\n",
        "sys/fs/cgroup/user.slice/job/step/memory.max": "max\n",
        // A neighbor's limits are nothing to this process.
        "sys/fs/cgroup/user.slice/other/cpu.max": "10000 100000\n",
      ])
    let groups = ControlGroups(root: machine.root)
    #expect(groups.processorQuota == 1.5)
    #expect(groups.memoryLimit == 1 << 30)
    #expect(ThreadPool.threads(processors: 8, quota: groups.processorQuota) == 2)
  }

  @Test func versionOneHasATreeForEachController() throws {
    try machine.write(
      [
        "proc/self/cgroup": "9:memory:/m/n\n4:cpu,cpuacct:/a/b\n1:name=systemd:/s\n",
        "proc/self/mountinfo": """
        31 24 0:27 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct
        32 24 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory

        """,
        "sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us": "-1\n",
        "sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_period_us": "100000\n",
        "sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us": "300000\n",
        "sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us": "100000\n",
        "sys/fs/cgroup/memory/m/n/memory.limit_in_bytes": "9223372036854771712\n",
        "sys/fs/cgroup/memory/m/memory.limit_in_bytes": "268435456\n",
      ])
    let groups = ControlGroups(root: machine.root)
    #expect(groups.processorQuota == 3)
    #expect(groups.memoryLimit == 256 << 20)
  }

  @Test func aMachineMayHaveBothVersions() throws {
    try machine.write(
      [
        "proc/self/cgroup": "2:cpu:/a\n0::/u\n",
        "proc/self/mountinfo": """
        31 24 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu
        33 24 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw

        """,
        "sys/fs/cgroup/cpu/a/cpu.cfs_quota_us": "200000\n",
        "sys/fs/cgroup/cpu/a/cpu.cfs_period_us": "100000\n",
        "sys/fs/cgroup/unified/u/memory.max": "1048576\n",
      ])
    let groups = ControlGroups(root: machine.root)
    #expect(groups.processorQuota == 2 && groups.memoryLimit == 1 << 20)
  }

  /// A container without a namespace of its own sees its part of the tree mounted, and the whole path.
  @Test func aContainersMountShowsAPartOfTheTree() throws {
    try machine.write(
      [
        "proc/self/cgroup": "0::/docker/abc/inner\n",
        "proc/self/mountinfo":
          "30 24 0:26 /docker/abc /mnt/c\\040g rw - cgroup2 cgroup2 rw\n",
        "mnt/c g/inner/cpu.max": "50000 100000\n", "mnt/c g/memory.max": "4096000\n",
      ])
    let groups = ControlGroups(root: machine.root)
    #expect(groups.processorQuota == 0.5 && groups.memoryLimit == 4_096_000)
    #expect(ThreadPool.threads(processors: 8, quota: 0.5) == 1)
  }

  /// A process that was moved out of its namespace has a path that goes up: what is mounted counts.
  @Test(arguments: ["/../other", "/elsewhere"]) func whatLiesOutsideIsLimitedByTheMount(
    path: String
  ) throws {
    try machine.write(
      [
        "proc/self/cgroup": "0::\(path)\n",
        "proc/self/mountinfo": "30 24 0:26 /here /cg rw - cgroup2 cgroup2 rw\n",
        "cg/cpu.max": "250000 100000\n",
      ])
    #expect(ControlGroups(root: machine.root).processorQuota == 2.5)
  }

  @Test func noGroupsLimitNothing() {
    let groups = ControlGroups(root: machine.root)
    #expect(groups.processorQuota == nil && groups.memoryLimit == nil)
    #expect(ThreadPool.threads(processors: 8, quota: nil) == 8)
  }

  /// A folder that stands for the root of a file system.
  private final class Machine {
    let root = FileManager.default.temporaryDirectory.path + "/machine-\(UUID().uuidString)"

    func write(_ files: [String: String]) throws {
      for (path, text) in files {
        let file = URL(fileURLWithPath: "\(root)/\(path)")
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
      }
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }
  }
}
