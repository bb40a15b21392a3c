import Autograd

/// softmax(q k^T / sqrt(D)) v for each image and each head of D = C / heads channels, where q, k and v
/// are [N, T, C]: Vaswani et al., "Attention Is All You Need" (2017).
func attention(_ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int) -> Tensor {
  let (channels, size) = (q.shape[2], q.shape[2] / heads)
  let scale = 1 / Float(size).squareRoot()
  let images = (0..<q.shape[0]).map { image in
    let (q, k, v) = (row(q, image), row(k, image), row(v, image))
    let mixed = (0..<heads).map { head in
      let range = head * size..<(head + 1) * size
      let scores = matrixProduct(slice(q, range), slice(k, range), transposeB: true)
      return matrixProduct(softmax(scale * scores), slice(v, range))
    }
    return reshape(concatenate(mixed), to: [1, q.shape[0], channels])
  }
  return concatenate(images, axis: 0)
}

/// x[i] of x [N, T, C].
private func row(_ x: Tensor, _ index: Int) -> Tensor {
  reshape(slice(x, axis: 0, index..<index + 1), to: [x.shape[1], x.shape[2]])
}
