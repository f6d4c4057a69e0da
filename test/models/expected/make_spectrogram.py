"""Log-mel reference values of spectrogram.test.ts: python make_spectrogram.py > spectrogram.json, with librosa 0.11 and numpy."""
import json
import librosa
import numpy as np

rate, n = 8000, 1500
t = np.arange(n) / rate
audio = (0.5 * np.sin(2 * np.pi * 440 * t) + 0.2 * np.sin(2 * np.pi * (1000 + 4000 * t) * t)).astype(np.float32)
out = []
for frame, hop, mels, low, high in [(512, 160, 40, 0, None), (256, 100, 20, 100, 3800)]:
    count = max(1, -(-(n - frame) // hop) + 1)
    padded = np.pad(audio.astype(np.float64), (0, (count - 1) * hop + frame - n))
    power = librosa.feature.melspectrogram(
        y=padded, sr=rate, n_fft=frame, hop_length=hop, n_mels=mels, fmin=low, fmax=high, center=False, window="hann", power=2.0
    )
    values = np.log(np.maximum(1e-10, power)).T
    out.append({"frame": frame, "hop": hop, "mels": mels, "lowest": low, "highest": high, "frames": count,
                "rows": [[round(float(v), 5) for v in values[i]] for i in (0, count // 2, count - 1)]})
print(json.dumps(out, indent=1))
