;; One row of a bilinear resize: two source rows of interleaved R,G,B bytes become three rows of float32, one per channel.
;; A pixel takes one pass: R, G and B are the first three lanes of a vector, the fourth lane is idle.
(module
  (memory (export "memory") 1)

  ;; Two neighbouring pixels from $at, weighted: lanes r, g, b, 0. $weights holds the pair (left, right) in 16 bits each, four times.
  (func $widen (param $at i32) (param $weights v128) (result v128)
    (i32x4.dot_i16x8_s
      ;; Bytes r0 g0 b0 r1 g1 b1 to 16-bit lanes r0 r1 g0 g1 b0 b1 0 0.
      (i8x16.shuffle 0 16 3 16 1 16 4 16 2 16 5 16 16 16 16 16
        (v128.load64_zero (local.get $at))
        (v128.const i32x4 0 0 0 0))
      (local.get $weights)))

  ;; Addresses are in bytes. $columns: per output pixel the offset of its left source pixel in the row (int32), and the weights of
  ;; that pixel and of its right neighbour (int16 each). Weights are in 1/2048. $out: three rows of $width float32.
  (func (export "blendRow")
    (param $upper i32) (param $lower i32) (param $upperWeight i32) (param $lowerWeight i32)
    (param $columns i32) (param $width i32) (param $gain f32) (param $offset f32)
    (param $red i32) (param $green i32) (param $blue i32)
    (local $end i32) (local $from i32) (local $weights v128) (local $value v128)
    (local.set $end (i32.add (local.get $columns) (i32.shl (local.get $width) (i32.const 3))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $columns) (local.get $end)))
        (local.set $from (i32.load (local.get $columns)))
        (local.set $weights (v128.load32_splat offset=4 (local.get $columns)))
        ;; (upper * upperWeight + lower * lowerWeight + 2^21) >> 22
        (local.set $value
          (i32x4.shr_s
            (i32x4.add
              (i32x4.add
                (i32x4.mul
                  (call $widen (i32.add (local.get $upper) (local.get $from)) (local.get $weights))
                  (i32x4.splat (local.get $upperWeight)))
                (i32x4.mul
                  (call $widen (i32.add (local.get $lower) (local.get $from)) (local.get $weights))
                  (i32x4.splat (local.get $lowerWeight))))
              (v128.const i32x4 2097152 2097152 2097152 2097152))
            (i32.const 22)))
        (local.set $value
          (f32x4.add
            (f32x4.mul (f32x4.convert_i32x4_s (local.get $value)) (f32x4.splat (local.get $gain)))
            (f32x4.splat (local.get $offset))))
        (v128.store32_lane 0 (local.get $red) (local.get $value))
        (v128.store32_lane 1 (local.get $green) (local.get $value))
        (v128.store32_lane 2 (local.get $blue) (local.get $value))
        (local.set $columns (i32.add (local.get $columns) (i32.const 8)))
        (local.set $red (i32.add (local.get $red) (i32.const 4)))
        (local.set $green (i32.add (local.get $green) (i32.const 4)))
        (local.set $blue (i32.add (local.get $blue) (i32.const 4)))
        (br $next)))))
