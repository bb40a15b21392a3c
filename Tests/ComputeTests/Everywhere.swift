import Foundation
import Testing

@testable import Compute

private let configuration = NSLock()

/// Runs `body` with every instruction set and with one, two and three threads, expects the same bits
/// each time, and returns them.
func everywhere(
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () -> [Float]
) -> [Float] {
  configuration.withLock {
    let previous = (ThreadPool.shared.count, InstructionSet.current)
    defer { (ThreadPool.shared.count, InstructionSet.current) = previous }
    var results: [[Float]] = []
    for set in InstructionSet.available {
      for threads in 1...3 {
        (InstructionSet.current, ThreadPool.shared.count) = (set, threads)
        results.append(body())
      }
    }
    #expect(
      results.allSatisfy { $0.map(\.bitPattern) == results[0].map(\.bitPattern) },
      "the bits depend on threads or instructions", sourceLocation: sourceLocation)
    return results[0]
  }
}

/// What `body` makes of an array that holds `initial`; it must leave the memory around it alone.
func changed(
  _ initial: [Float], sourceLocation: SourceLocation = #_sourceLocation,
  _ body: (UnsafeMutablePointer<Float>) -> Void
) -> [Float] {
  let sentinel: Float = -1234.5
  let margin = 40
  let guards = [Float](repeating: sentinel, count: margin)
  var buffer = guards + initial + guards
  buffer.withUnsafeMutableBufferPointer { body($0.baseAddress! + margin) }
  #expect(
    (buffer.prefix(margin) + buffer.suffix(margin)).allSatisfy { $0 == sentinel },
    "wrote out of bounds", sourceLocation: sourceLocation)
  return Array(buffer.dropFirst(margin).dropLast(margin))
}

/// Numbers in [-1, 1) without a pattern that a kernel could meet by accident.
func numbers(_ count: Int, _ salt: Int = 0) -> [Float] {
  (0..<count).map { Float(($0 &* 7919 &+ salt &* 104_729 &+ 17) % 10_007) / 5003.5 - 1 }
}

/// Lengths around the vectors, unrolled groups and tasks of the kernels.
let lengths = [0, 1, 2, 15, 16, 17, 31, 33, 63, 64, 65, 127, 129, 1000, 16384, 16385, 40_000]
