import Foundation
import Testing

/// `gen bench`, as a program.
@Suite struct BenchTests {
  private let gen = Program()

  @Test func aProfileOfAStep() throws {
    let result = try gen("bench", "dcgan32", "--profile", "--steps", "1")
    #expect(result.status == 0, "\(result.messages)")
    let lines = result.output.split(separator: "\n")
    let header = try #require(lines.firstIndex { $0.hasPrefix("op ") })
    #expect(
      lines[header].split(separator: " ", omittingEmptySubsequences: true)
        == ["op", "pass", "calls", "ms", "share", "GFLOP/s", "of", "peak", "GB/s", "of", "memory"])
    #expect(lines.contains { $0.hasPrefix("conv2D") && $0.contains(" backward ") })
    #expect(lines.contains { $0.hasPrefix("optimizer") })
    let total = try #require(lines.firstIndex { $0.hasPrefix("total") })
    #expect(lines[total].contains("100.0%"))
    // Numbers end at the same place, within a terminal.
    let rows = lines[header...total]
    #expect(Set(rows.map(\.count)).count == 1 && rows.allSatisfy { $0.count <= 100 })
  }

  @Test func theSameAsJSON() throws {
    let result = try gen("bench", "gpt-cpu", "--profile", "--steps", "2", "--json")
    #expect(result.status == 0, "\(result.messages)")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let rows = try #require(object["rows"] as? [[String: Any]])
    let seconds = rows.compactMap { $0["s"] as? Double }.reduce(0, +)
    let step = try #require(object["step_s"] as? Double)
    #expect(abs(seconds - step) < 1e-6 * step)
    // Four blocks of two norms, and the last one.
    let norms = rows.filter { $0["op"] as? String == "layerNorm" }
    #expect(
      norms.map { $0["pass"] as? String }.sorted { $0 ?? "" < $1 ?? "" } == ["backward", "forward"])
    #expect(norms.allSatisfy { $0["calls"] as? Double == 9 })
    #expect(try #require(object["peak_gflops"] as? Double) > 0)
    #expect(try #require(object["memory_gbps"] as? Double) > 0)
  }

  /// A step needs memory above what the process has without a model.
  @Test func memoryAboveTheIdleProcess() throws {
    let result = try gen("bench", "lstm", "--steps", "1", "--json")
    #expect(result.status == 0, "\(result.messages)")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let (peak, idle) = (object["peak_mib"] as? Int, object["idle_mib"] as? Int)
    #expect(try #require(idle) > 0)
    #expect(try #require(peak) > #require(idle))
    let told = try gen("bench", "lstm", "--steps", "1")
    #expect(told.output.contains("MiB above the idle process"))
  }

  @Test func thePrecisionIsSaid() throws {
    for flags in [[], ["--profile"]] {
      let result = try gen.start(
        ["bench", "gpt-cpu", "--steps", "1", "--json", "--precision", "bfloat16-amx"] + flags
      ).wait()
      #expect(
        result.status == 0 && result.output.contains("\"precision\":\"bfloat16-amx\""),
        "\(result.messages)")
    }
  }

  @Test func aProfileOfKernels() throws {
    let result = try gen("bench", "kernels", "--profile")
    #expect(result.status == 64 && result.messages.contains("--profile is of a model's step"))
  }

  /// Small kernels of several families: all count their work, and none is far above its bound.
  @Test(arguments: [
    "matrix-product 128x128x128", "softmax 4096x65", "normals 64x100", "gru-forward 50",
  ])
  func kernels(_ word: String) throws {
    let result = try gen("bench", "kernels", "--only", word, "--steps", "5", "--json")
    #expect(result.status == 0, "\(result.messages)")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    for key in ["gbps", "peak_gflops", "peak_gbps", "peak", "bytes", "threads"] {
      #expect(try #require(object[key] as? Double) > 0, "\(key)")
    }
    let bound = try #require(object["bound"] as? String)
    #expect(["compute", "L1", "L2", "L3", "memory"].contains(bound))
    // Other programs may hold up a yardstick more than its kernel.
    let fraction = try #require(object["fraction"] as? Double)
    #expect(fraction > 0 && fraction < 100)
  }

  @Test func aTableOfKernels() throws {
    let result = try gen("bench", "kernels", "--only", "softmax 4096", "--steps", "1")
    #expect(result.status == 0, "\(result.messages)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 3 && lines[0].contains("GFLOP/s") && lines[0].contains("in memory"))
    #expect(
      lines[1].split(separator: " ", omittingEmptySubsequences: true)
        == ["kernel", "shape", "threads", "GFLOP/s", "GB/s", "bound", "peak", "fraction"])
    #expect(lines[1].count == lines[2].count && lines[1].count <= 120)
  }
}
