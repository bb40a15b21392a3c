import Compute
import Foundation
import Testing

@testable import Autograd

@Suite struct OpCaseTests {
  @Test(arguments: OpCase.all) func value(of row: OpCase) { row.checkValue() }

  @Test(arguments: OpCase.all) func gradient(of row: OpCase) { row.checkGradient() }

  @Test func eachOpHasARow() {
    let missing = Set(OpName.allCases).subtracting(OpCase.all.map(\.name))
    #expect(missing.isEmpty)
  }

  /// A nameless op would need no row.
  @Test func eachOpHasAName() throws {
    let package = URL(filePath: #filePath).appending(path: "../../../..").standardized
    let folder = package.appending(path: "Sources/Autograd/Ops")
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    #expect(!files.isEmpty)
    for file in files {
      let calls = try String(contentsOf: file, encoding: .utf8).matches(of: /\brecord\(\s*(\S+?),/)
      #expect(!calls.isEmpty, "\(file.lastPathComponent) records nothing")
      for call in calls {
        #expect(
          call.1.hasPrefix(".") || call.1 == "name", "\(file.lastPathComponent): record(\(call.1)")
      }
    }
  }

  /// Runs in a process of its own, since threads and instruction set are the whole program's.
  @Test func theSameBitsOnAnyMachine() async {
    await #expect(processExitsWith: .success) {
      let expected = OpCase.all.map { $0.bits() }
      for instructionSet in InstructionSet.available {
        InstructionSet.current = instructionSet
        for threads in 1...3 {
          ThreadPool.shared.count = threads
          for (row, bits) in zip(OpCase.all, expected) {
            precondition(
              row.bits() == bits, "\(row.testDescription), \(instructionSet), \(threads) threads")
          }
        }
      }
    }
  }

  /// `GEN_OP_TIMES=1 swift test -c release --filter OpCaseTests/throughput` prints the time of each row.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["GEN_OP_TIMES"] != nil))
  func throughput() {
    for row in OpCase.all {
      print(String(format: "%9.1f us  ", row.measureTime() * 1e6) + row.testDescription)
    }
  }
}
