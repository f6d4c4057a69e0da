import torch, json
torch.set_default_dtype(torch.float64)
def run(make, steps=12):
    w = torch.tensor([[0.5,-1.0],[2.0,0.1]], requires_grad=True); b = torch.tensor([[0.3,-0.2]], requires_grad=True)
    opt = make([{'params':[w]},{'params':[b],'weight_decay':0.0}])
    out=[]
    for t in range(steps):
        opt.zero_grad()
        # loss = sum((w*w*w - t*w)) + sum(sin(b)*(t+1))
        loss = (w**3 - (t+1)*w).sum() + (torch.sin(b)*(t+1)).sum()
        loss.backward(); opt.step()
    return {'w': w.detach().flatten().tolist(), 'b': b.detach().flatten().tolist()}
res = {
 'adam': run(lambda p: torch.optim.Adam(p, lr=0.05)),
 'adam-l2': run(lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.8,0.99), eps=1e-6, weight_decay=0.1)),
 'adamw': run(lambda p: torch.optim.AdamW(p, lr=0.05, weight_decay=0.1)),
 'sgd': run(lambda p: torch.optim.SGD(p, lr=0.01)),
 'sgd-momentum': run(lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, weight_decay=0.1)),
}
print(json.dumps({'made': 'PyTorch '+torch.__version__.split('+')[0]+', float64, 12 steps on sum(w^3 - (t+1) w) + sum((t+1) sin b), t = 0..11; weight decay on w only', 'values': res}, indent=1))
