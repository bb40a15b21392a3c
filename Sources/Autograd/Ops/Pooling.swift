import Compute

/// The mean of each image's pixels: x [N, H, W, C] to [N, C].
public func globalAveragePool(_ x: Tensor) -> Tensor {
  precondition(
    x.shape.count == 4 && x.shape[1] * x.shape[2] > 0, "global average pool of \(x.shape)")
  let (images, pixels, channels) = (x.shape[0], x.shape[1] * x.shape[2], x.shape[3])
  let y = Values([images, channels]) {
    Reductions.rowMeans(
      x.values.pointer, into: $0, images: images, rows: pixels, columns: channels)
  }
  return record(.globalAveragePool, y, from: x) { [x = x.gradientTarget] dy, gradients in
    let scale = 1 / Float(pixels)
    let share = Values(dy.shape) {
      Elementwise.scaledSum(scale, dy.pointer, 0, dy.pointer, into: $0, count: dy.count)
    }
    gradients.write(to: x) { dx, accumulate in
      if !accumulate { Elementwise.fill(dx, count: x.count, with: 0) }
      Elementwise.addRow(
        dx, share.pointer, into: dx, groups: images, rows: pixels, columns: channels)
    }
  }
}
