import KernelInterface

/// The product of two row-major matrices: C [M, N] = or += A [M, K] B [K, N].
///
/// Either operand may be stored transposed. After Goto and van de Geijn, "Anatomy of High-Performance
/// Matrix Multiplication" (2008) and BLIS: the right operand is packed into panels, the left one is
/// read where it lies, and a micro-kernel keeps six rows by one panel in registers.
public struct MatrixProduct: Sendable {
  let m: Int
  let n: Int
  let k: Int
  let transposeA: Bool
  let transposeB: Bool
  let precision: Precision

  /// A product of those sizes; `transposeA` says that A is stored as [K, M], `transposeB` that B is
  /// stored as [N, K].
  public init(
    m: Int, n: Int, k: Int, transposeA: Bool = false, transposeB: Bool = false,
    precision: Precision = .float32
  ) {
    precondition(m >= 0 && n >= 0 && k >= 0, "matrix product of \(m)x\(k) and \(k)x\(n)")
    (self.m, self.n, self.k) = (m, n, k)
    (self.transposeA, self.transposeB) = (transposeA, transposeB)
    self.precision = precision
  }

  /// Multiplies, adds the bias [N] and applies the activation.
  ///
  /// - Parameters:
  ///   - a: [M, K], or [K, M] with `transposeA`.
  ///   - b: [K, N], or [N, K] with `transposeB`.
  ///   - c: [M, N]; must not overlap the operands.
  ///   - accumulate: whether to add to what is in `c`, before the bias.
  public func callAsFunction(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, into c: UnsafeMutablePointer<Float>,
    bias: UnsafePointer<Float>? = nil, activation: Activation = .identity, accumulate: Bool = false
  ) {
    guard m > 0 && n > 0 else { return }
    Work.add(
      operations: 2 * m * n * k,
      floats: m * k + k * n + (accumulate ? 2 : 1) * m * n + (bias == nil ? 0 : n))
    let finish = Epilogue(bias: bias, activation: activation)
    if transposeA && n == 1 && finish.isIdentity {
      // A column is a row: the long side becomes the columns, which fill whole vectors.
      MatrixProduct(m: 1, n: m, k: k).run(b, a, into: c, finish, accumulate: accumulate)
    } else {
      run(a, b, into: c, finish, accumulate: accumulate)
    }
  }

  private func run(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, into c: UnsafeMutablePointer<Float>,
    _ finish: Epilogue, accumulate: Bool
  ) {
    let job = Job(
      product: self, a: a, b: b, c: c, accumulate: accumulate, finish: finish,
      kernels: InstructionSet.current.kernels)
    if isRounded {
      if transposeA { job.runRoundedPackingRows() } else { job.runRounded() }
    } else if transposeA {
      job.runPackingRows()
    } else if n <= 4 && k >= 16 {
      job.runNarrow()
    } else if !transposeB && m <= Job.fewRows && k > 0 {
      job.runFewRows()
    } else {
      job.run()
    }
  }

  /// One call: sizes and operands together.
  struct Job {
    let product: MatrixProduct
    let a: UnsafePointer<Float>
    let b: UnsafePointer<Float>
    let c: UnsafeMutablePointer<Float>
    let accumulate: Bool
    let finish: Epilogue
    let kernels: any KernelSet.Type

    var m: Int { product.m }
    var n: Int { product.n }
    var k: Int { product.k }
  }
}

/// What is done to a block of results while it is hot: the bias added, the activation applied.
struct Epilogue {
  let bias: UnsafePointer<Float>?
  let activation: Activation

  var isIdentity: Bool { bias == nil && activation == .identity }

  /// Finishes `count` rows at `outputs`, for `columns` columns from `column` on.
  func callAsFunction(
    _ outputs: UnsafePointer<UnsafeMutableRawPointer>, count: Int, column: Int, columns: Int,
    _ kernels: any KernelSet.Type
  ) {
    guard !isIdentity else { return }
    kernels.finish(
      outputs, count: count, offset: column * 4, columns: columns,
      bias: bias.map { $0 + column }, activation: activation)
  }
}
