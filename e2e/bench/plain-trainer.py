"""The plain Python counterpart of the face engine, for `npm run bench -- pipeline`.

What trainers do: OpenCV decodes, InsightFace's letterbox of 640 x 640 goes through SCRFD, the best face is aligned and
embedded. One ONNX thread per process. Needs onnxruntime, opencv-python-headless and numpy.

The first line of stdin is JSON: {"detector": path, "embedder": path, "images": [paths]}. The answer to it and to each
further line is one line of JSON; for the further ones {"cpuMs": CPU time of this process for all images, "faces": embedded}.
"""

import json
import sys
import time

import cv2
import numpy as np
import onnxruntime as ort

SIZE = 640
SCORE = 0.5
OVERLAP = 0.4
TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float32
)


def load(path):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def run(session, blob):
    return session.run(None, {session.get_inputs()[0].name: blob})


def anchors(stride):
    grid = SIZE // stride
    centres = np.stack(np.mgrid[:grid, :grid][::-1], axis=-1).astype(np.float32) * stride
    return np.repeat(centres.reshape(-1, 2), 2, axis=0)


ANCHORS = {stride: anchors(stride) for stride in (8, 16, 32)}


def detect(session, image):
    """Boxes with scores `[n, 5]`, best first, and landmarks `[n, 5, 2]`, in px of the image (R,G,B)."""
    height, width = image.shape[:2]
    ratio = height / width
    new_width, new_height = (int(SIZE / ratio), SIZE) if ratio > 1 else (SIZE, int(SIZE * ratio))
    canvas = np.zeros((SIZE, SIZE, 3), np.uint8)
    canvas[:new_height, :new_width] = cv2.resize(image, (new_width, new_height))
    # The sidecar hands R,G,B to a function for B,G,R images, which swaps.
    blob = cv2.dnn.blobFromImage(canvas, 1 / 128, (SIZE, SIZE), (127.5, 127.5, 127.5), swapRB=True)
    outputs = run(session, blob)
    boxes, landmarks = [], []
    for level, stride in enumerate((8, 16, 32)):
        scores = outputs[level].reshape(-1)
        keep = np.where(scores >= SCORE)[0]
        centres = ANCHORS[stride][keep]
        edges = outputs[level + 3][keep] * stride
        boxes.append(np.hstack([centres - edges[:, :2], centres + edges[:, 2:], scores[keep, None]]))
        landmarks.append(centres[:, None] + outputs[level + 6][keep].reshape(-1, 5, 2) * stride)
    boxes, landmarks = np.vstack(boxes), np.vstack(landmarks)
    scale = new_height / height
    boxes[:, :4] /= scale
    order = suppress(boxes)
    return boxes[order], landmarks[order] / scale


def suppress(boxes):
    x1, y1, x2, y2, scores = boxes.T
    areas = (x2 - x1 + 1) * (y2 - y1 + 1)
    order, kept = scores.argsort()[::-1], []
    while order.size:
        best, rest = order[0], order[1:]
        kept.append(best)
        w = np.maximum(0, np.minimum(x2[best], x2[rest]) - np.maximum(x1[best], x1[rest]) + 1)
        h = np.maximum(0, np.minimum(y2[best], y2[rest]) - np.maximum(y1[best], y1[rest]) + 1)
        order = rest[w * h / (areas[best] + areas[rest] - w * h) <= OVERLAP]
    return kept


def align(image, landmarks):
    """Least-squares similarity from the landmarks to the template, 112 x 112 px."""
    source, target = landmarks - landmarks.mean(0), TEMPLATE - TEMPLATE.mean(0)
    spread = (source**2).sum()
    a = (source * target).sum() / spread
    b = (source[:, 0] * target[:, 1] - source[:, 1] * target[:, 0]).sum() / spread
    rotation = np.array([[a, -b], [b, a]])
    shift = TEMPLATE.mean(0) - rotation @ landmarks.mean(0)
    return cv2.warpAffine(image, np.hstack([rotation, shift[:, None]]), (112, 112))


def analyse(detector, embedder, data):
    """The unit vector of the largest face, or None."""
    image = cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    boxes, landmarks = detect(detector, image)
    if len(boxes) == 0:
        return None
    largest = ((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])).argmax()
    crop = align(image, landmarks[largest])
    blob = cv2.dnn.blobFromImage(crop, 1 / 127.5, (112, 112), (127.5, 127.5, 127.5), swapRB=True)
    vector = run(embedder, blob)[0][0]
    return vector / np.linalg.norm(vector)


def main():
    cv2.setNumThreads(1)
    task = json.loads(sys.stdin.readline())
    detector, embedder = load(task["detector"]), load(task["embedder"])
    images = [np.fromfile(path, np.uint8) for path in task["images"]]
    print(json.dumps({"images": len(images)}), flush=True)
    for _ in sys.stdin:
        start = time.process_time()
        vectors = [analyse(detector, embedder, data) for data in images]
        cpu_ms = (time.process_time() - start) * 1000
        print(json.dumps({"cpuMs": cpu_ms, "faces": sum(one is not None for one in vectors)}), flush=True)


main()
