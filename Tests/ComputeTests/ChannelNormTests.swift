import Foundation
import KernelInterface
import Testing

@testable import Compute

/// Batch and group norm against double precision, with fused activations.
@Suite struct ChannelNormTests {
  struct Case: CustomTestStringConvertible {
    var batch = 1
    let rows: Int
    let channels: Int
    var groups: Int?
    var activation = Activation.identity

    var testDescription: String {
      "[\(batch), \(rows), \(channels)] in \(groups.map(String.init) ?? "batch"), \(activation)"
    }

    var count: Int { batch * rows * channels }
    var statistics: Int { groups.map { $0 * batch } ?? channels }
    var x: [Float] { numbers(count, 1).map { $0 * 2 + 0.5 } }
    var dy: [Float] { numbers(count, 2) }
    var weight: [Float] { numbers(channels, 3).map { $0 + 1.5 } }
    var bias: [Float] { numbers(channels, 4) }

    var groupNorm: GroupNormalization {
      GroupNormalization(
        batch: batch, rows: rows, channels: channels, groups: groups ?? 1, activation: activation)
    }
    var batchNorm: BatchNormalization {
      BatchNormalization(rows: rows, channels: channels, activation: activation)
    }

    /// y, mean and inverse deviation.
    func forward(_ x: [Float]) -> (y: [Float], mean: [Float], inverse: [Float]) {
      var (mean, inverse) = ([Float](repeating: 0, count: statistics), [Float]())
      inverse = mean
      let y = changed([Float](repeating: 0, count: count)) {
        if groups != nil {
          groupNorm.forward(
            x, weight: weight, bias: bias, into: $0, mean: &mean, rstd: &inverse)
        } else {
          batchNorm.forward(
            x, weight: weight, bias: bias, into: $0, mean: &mean, rstd: &inverse)
        }
      }
      return (y, mean, inverse)
    }

    /// dx, the weight's and the bias's gradient, one after the other, on top of `before`.
    func backward(_ before: [Float]? = nil, inputFirst: Bool = true) -> [Float] {
      let (x, dy, weight, bias) = (x, dy, weight, bias)
      var (_, mean, inverse) = forward(x)
      let add = before != nil
      return changed(before ?? [Float](repeating: 7, count: count + 2 * channels)) { out in
        mean.withUnsafeMutableBufferPointer { mean in
          inverse.withUnsafeMutableBufferPointer { inverse in
            x.withUnsafeBufferPointer { x in
              dy.withUnsafeBufferPointer { dy in
                weight.withUnsafeBufferPointer { weight in
                  bias.withUnsafeBufferPointer { bias in
                    let gradients =
                      groups != nil
                      ? groupNorm.gradients(
                        x.baseAddress!, dy.baseAddress!, weight: weight.baseAddress,
                        bias: bias.baseAddress, mean: mean.baseAddress!,
                        rstd: inverse.baseAddress!)
                      : batchNorm.gradients(
                        x.baseAddress!, dy.baseAddress!, weight: weight.baseAddress,
                        bias: bias.baseAddress, mean: mean.baseAddress!,
                        rstd: inverse.baseAddress!)
                    if inputFirst { gradients.input(into: out, accumulate: add) }
                    gradients.weight(into: out + count, accumulate: add)
                    gradients.bias(into: out + count + channels, accumulate: add)
                    if !inputFirst { gradients.input(into: out, accumulate: add) }
                  }
                }
              }
            }
          }
        }
      }
    }

    func reference(_ x: [Double], _ weight: [Double], _ bias: [Double]) -> [Double] {
      let size = channels / (groups ?? channels)
      let perGroup = rows * size
      var y = x
      for sample in 0..<batch {
        for group in 0..<channels / size {
          let places = (0..<perGroup).map {
            (sample * rows + $0 / size) * channels + group * size + $0 % size
          }
          var mean = 0.0
          for place in places { mean += x[place] / Double(perGroup) }
          var variance = 0.0
          for place in places { variance += (x[place] - mean) * (x[place] - mean) }
          let inverse = 1 / (variance / Double(perGroup) + 1e-5).squareRoot()
          for place in places {
            let channel = place % channels
            y[place] = ComputeTests.reference(
              activation, (x[place] - mean) * inverse * weight[channel] + bias[channel])
          }
        }
      }
      return y
    }
  }

  static let cases = [
    Case(rows: 2, channels: 1), Case(rows: 5, channels: 3, activation: .relu),
    Case(rows: 128, channels: 16, activation: .leakyRelu(slope: 0.2)),
    Case(rows: 129, channels: 17, activation: .tanh),
    Case(rows: 300, channels: 65, activation: .relu), Case(rows: 257, channels: 15),
    Case(batch: 3, rows: 4, channels: 6, groups: 2),
    Case(batch: 1, rows: 130, channels: 48, groups: 16, activation: .silu),
    Case(batch: 5, rows: 9, channels: 65, groups: 5, activation: .silu),
    Case(batch: 2, rows: 1, channels: 32, groups: 1, activation: .gelu),
    Case(batch: 4, rows: 140, channels: 3, groups: 3, activation: .sigmoid),
  ]

  @Test(arguments: cases) func forwardAgreesWithDouble(_ test: Case) {
    let y = everywhere { test.forward(test.x).y }
    let expected = test.reference(
      test.x.map(Double.init), test.weight.map(Double.init), test.bias.map(Double.init))
    #expect(distance(y, expected) <= 5e-6)
  }

  @Test(arguments: cases) func backwardAgreesWithDifferences(_ test: Case) {
    let result = everywhere { test.backward() }
    let (x, weight, bias) = (
      test.x.map(Double.init), test.weight.map(Double.init), test.bias.map(Double.init)
    )
    let dy = test.dy
    let (count, channels) = (test.count, test.channels)
    expectGradient(
      Array(result[..<count]), of: { dot(dy, test.reference($0, weight, bias)) }, at: test.x,
      places: 8)
    expectGradient(
      Array(result[count..<count + channels]), of: { dot(dy, test.reference(x, $0, bias)) },
      at: test.weight, places: 4)
    expectGradient(
      Array(result[(count + channels)...]), of: { dot(dy, test.reference(x, weight, $0)) },
      at: test.bias, places: 4)
  }

  @Test(arguments: cases) func addsToGradients(_ test: Case) {
    let fresh = test.backward()
    let before = numbers(fresh.count, 5)
    let added = test.backward(before, inputFirst: false)
    #expect(distance(added, zip(fresh, before).map { Double($0) + Double($1) }) <= 2e-5)
  }

  @Test func aLargeMeanCostsNoDigits() {
    let test = Case(rows: 1000, channels: 17)
    let shifted = test.x.map { $0 * 0.25 + 1024 }
    let expected = test.reference(
      shifted.map(Double.init), test.weight.map(Double.init), test.bias.map(Double.init))
    // The shift of 1024 standard deviations times their number is rounded once.
    #expect(distance(test.forward(shifted).y, expected) <= 2e-3)
    let (_, mean, inverse) = test.forward(shifted)
    for channel in 0..<17 {
      let values = (0..<1000).map { Double(shifted[$0 * 17 + channel]) }
      let average = values.reduce(0, +) / 1000
      let variance = values.reduce(0) { $0 + ($1 - average) * ($1 - average) } / 1000
      #expect(abs(Double(mean[channel]) - average) <= 1e-4)
      #expect(abs(Double(inverse[channel]) * (variance + 1e-5).squareRoot() - 1) <= 1e-6)
    }
  }

  @Test func anImageDoesNotDependOnTheOthers() {
    let many = Case(batch: 5, rows: 150, channels: 20, groups: 4, activation: .silu)
    let one = Case(batch: 1, rows: 150, channels: 20, groups: 4, activation: .silu)
    #expect(Array(many.forward(many.x).y[..<3000]) == one.forward(Array(many.x[..<3000])).y)
    #expect(Array(many.backward()[..<3000]) == Array(one.backward()[..<3000]))
  }

  @Test func noRowsAreNothing() {
    let test = Case(rows: 0, channels: 3)
    #expect(test.backward(numbers(6)) == numbers(6))
    let none = Case(batch: 0, rows: 5, channels: 4, groups: 2)
    #expect(none.backward() == [Float](repeating: 0, count: 8))
  }

  @Test func runningStatisticsMoveLikePyTorchs() {
    // torch.nn.BatchNorm1d(1) on [1, 2, 4, 9]: mean 4, unbiased variance 38/3.
    let norm = BatchNormalization(rows: 4, channels: 1)
    var (mean, inverse, y) = (
      [Float](repeating: 0, count: 1), [Float(0)], [Float](repeating: 0, count: 4)
    )
    let running = changed([0, 1]) {
      norm.forward(
        [1, 2, 4, 9], weight: nil, bias: nil, into: &y, mean: &mean, rstd: &inverse,
        runningMean: $0, runningVariance: $0 + 1)
    }
    #expect(distance(running, [0.4, 0.9 + 0.1 * 38 / 3]) <= 1e-6)
    #expect(distance(y, [-3, -2, 0, 5].map { $0 / 9.50001.squareRoot() }) <= 1e-6)
  }

  @Test func inferenceUsesTheRunningStatistics() {
    let test = Case(rows: 150, channels: 17, activation: .relu)
    let (mean, variance) = (numbers(17, 6), numbers(17, 7).map { $0 + 1.5 })
    let factor = (0..<17).map { 1 / (Double(variance[$0]) + 1e-5).squareRoot() }
    let x = test.x
    var (savedMean, inverse) = (mean, mean)
    let y = everywhere {
      changed(x) {
        test.batchNorm.inference(
          UnsafePointer($0), weight: test.weight, bias: nil, runningMean: mean,
          runningVariance: variance, into: $0, mean: &savedMean, rstd: &inverse)
      }
    }
    func expected(_ x: [Double]) -> [Double] {
      x.indices.map {
        max(0, (x[$0] - Double(mean[$0 % 17])) * factor[$0 % 17] * Double(test.weight[$0 % 17]))
      }
    }
    #expect(distance(y, expected(x.map(Double.init))) <= 5e-6)
    let dy = test.dy
    let weight = test.weight
    let dx = savedMean.withUnsafeMutableBufferPointer { mean in
      inverse.withUnsafeMutableBufferPointer { inverse in
        weight.withUnsafeBufferPointer { weight in
          x.withUnsafeBufferPointer { x in
            dy.withUnsafeBufferPointer { dy in
              let gradients = test.batchNorm.gradients(
                x.baseAddress!, dy.baseAddress!, weight: weight.baseAddress, bias: nil,
                mean: mean.baseAddress!, rstd: inverse.baseAddress!, isFixed: true)
              return changed([Float](repeating: 0, count: x.count)) { gradients.input(into: $0) }
            }
          }
        }
      }
    }
    expectGradient(dx, of: { dot(dy, expected($0)) }, at: x, places: 12)
  }
}
