import Autograd

extension OpCase {
  static let shape: [OpCase] = [
    OpCase(.reshape, "[2, 3, 5] to [6, 5]", [Input(2, 3, 5)]) {
      reshape($0[0], to: [6, 5])
    } reference: {
      $0[0].reshaped([6, 5])
    },
    OpCase(.reshape, "nothing", [Input(0, 3)]) {
      reshape($0[0], to: [3, 0, 7])
    } reference: {
      $0[0].reshaped([3, 0, 7])
    },
    OpCase(.concatenate, "channels", [Input(2, 3, 1), Input(2, 3, 4), Input(2, 3, 0)]) {
      concatenate($0)
    } reference: { x in
      Reference([2, 3, 5]) { i in
        i % 5 == 0 ? x[0].elements[i / 5] : x[1].elements[i / 5 * 4 + i % 5 - 1]
      }
    },
    OpCase(.concatenate, "batches", [Input(1, 5), Input(2, 5)]) {
      concatenate($0, axis: 0)
    } reference: {
      Reference([3, 5], $0[0].elements + $0[1].elements)
    },
    OpCase(.concatenate, "x with itself", [Input(2, 3)]) {
      concatenate([$0[0], $0[0]], axis: 1)
    } reference: { x in
      Reference([2, 6]) { x[0].elements[$0 / 6 * 3 + $0 % 3] }
    },
    OpCase(.slice, "channels", [Input(2, 3, 5)]) {
      slice($0[0], 1..<4)
    } reference: { x in
      Reference([2, 3, 3]) { x[0].elements[$0 / 3 * 5 + $0 % 3 + 1] }
    },
    OpCase(.slice, "rows", [Input(4, 3)]) {
      slice($0[0], axis: 0, 1..<3)
    } reference: {
      Reference([2, 3], Array($0[0].elements[3..<9]))
    },
    OpCase(.slice, "nothing", [Input(4, 3)]) {
      slice($0[0], axis: 0, 2..<2)
    } reference: { _ in
      Reference([0, 3], [])
    },
  ]
}
