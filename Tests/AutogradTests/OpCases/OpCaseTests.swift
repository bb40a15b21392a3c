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

  /// `GEN_OP_TIMES=1 swift test -c release --filter OpCaseTests/throughput` prints the time of each row.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["GEN_OP_TIMES"] != nil))
  func throughput() {
    for row in OpCase.all {
      print(String(format: "%9.1f us  ", row.measureTime() * 1e6) + row.testDescription)
    }
  }
}
