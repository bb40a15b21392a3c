import Foundation
import KernelInterface
import Testing

@testable import Compute

/// What `gen bench kernels` times, and what it makes of it.
@Suite struct KernelBenchmarkTests {
  /// `KernelSet` is read where it is written, so that a new family cannot be forgotten.
  @Test func everyProtocolOfKernelsIsAFamily() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Sources/KernelInterface/KernelSet.swift")
    let source = try String(contentsOf: path, encoding: .utf8)
    let list = try #require(source.split(separator: "public protocol KernelSet:").last)
    let protocols = list.split { !$0.isLetter }.map(String.init).filter { $0.hasSuffix("Kernels") }
    let families = KernelFamily.allCases.map { family in
      family.rawValue.prefix(1).uppercased() + family.rawValue.dropFirst() + "Kernels"
    }
    #expect(Set(protocols) == Set(families + ["BenchmarkKernels"]))
  }

  @Test func eachFamilyIsTimedAndEachRowIsOneOfItsKind() {
    for family in KernelFamily.allCases { #expect(!family.benchmarks.isEmpty, "\(family)") }
    let rows = KernelBenchmark.all.map { "\($0.name) \($0.shape)" }
    #expect(Set(rows).count == rows.count)
  }

  /// A kernel of 2 billion operations and 4 GB on a machine of 100 GFLOP/s.
  private func result(peakGBps: [Double], seconds: [Double]) throws -> KernelBenchmark.Result {
    let benchmark = try #require(KernelBenchmark.all.first)
    return KernelBenchmark.Result(
      benchmark, Work(operations: 2_000_000_000, bytes: 4_000_000_000), threads: 2,
      zip(peakGBps, seconds).map { .init(peakGflops: 100, peakGBps: $0, seconds: $1) })
  }

  /// At the peaks, the arithmetic takes 0.02 s.
  @Test func whatTakesLongerIsTheBound() throws {
    let computed = try result(peakGBps: [250, 250, 250], seconds: [0.04, 0.08, 0.025])
    #expect(computed.bound == "compute" && computed.peak == 100)
    #expect(abs(computed.fraction - 0.5) < 1e-12 && abs(computed.gflops - 50) < 1e-9)
    let streamed = try result(peakGBps: [50, 100, 80], seconds: [0.16, 0.08, 0.1])
    #expect(streamed.bound == "memory" && streamed.peak == 80)
    #expect(abs(streamed.fraction - 0.5) < 1e-12 && abs(streamed.gbps - 40) < 1e-9)
  }

  @Test func caches() {
    #expect(MemoryLevel(holding: 0, threads: 1) != .memory || MemoryLevel.caches.isEmpty)
    #expect(MemoryLevel(holding: 1 << 40, threads: 1) == .memory)
    let sizes = MemoryLevel.caches.map(\.bytes)
    #expect(sizes == sizes.sorted())
  }

  /// Streams read and write what they say.
  @Test(arguments: StreamAccess.allCases) func streams(_ access: StreamAccess) {
    let count = 192
    let (x, y) = (numbers(count, 1), numbers(count, 2))
    let before = numbers(count, 3)
    var total: Float = 0
    let z = everywhere {
      changed(before) { z in
        total = InstructionSet.current.kernels.stream(access, x, y, z, count: count)
      }
    }
    switch access {
    case .read:
      #expect(z == before && abs(total - x.reduce(0, +)) < 1e-4)
    case .write: #expect(z.allSatisfy { $0 == 1 })
    case .copy: #expect(z == x)
    case .add: #expect(z == zip(x, y).map { $0 + $1 })
    case .update: #expect(z == before.map { -$0 })
    }
  }
}
