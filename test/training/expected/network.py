import torch, json, math
torch.set_default_dtype(torch.float64)
n=7
x=torch.tensor([[math.sin(1.0*i+0.5*j)*1.5 for j in range(3)] for i in range(n)])
yb=[1,0,None,1,1,0,None]; yr=[0.5,None,-1.2,0.3,None,2.0,-0.7]; ym=[0,2,1,None,1,0,2]
def const(shape, k): 
    m=1
    for s in shape: m*=s
    return torch.tensor([0.4*math.sin(0.7*i+k) for i in range(m)]).reshape(shape).requires_grad_()
P={'trunk/0/weights':const((3,4),1),'trunk/0/bias':const((1,4),2),'heads/weights':const((4,5),3),'heads/bias':const((1,5),4)}
def forward():
    h=torch.tanh(x@P['trunk/0/weights']+P['trunk/0/bias']); return h@P['heads/weights']+P['heads/bias']
def losses(cw=None):
    z=forward()
    ib=[i for i in range(n) if yb[i] is not None]; ir=[i for i in range(n) if yr[i] is not None]; im=[i for i in range(n) if ym[i] is not None]
    lb=torch.nn.functional.binary_cross_entropy_with_logits(z[ib,0],torch.tensor([float(yb[i]) for i in ib]))
    lr=((z[ir,1]-torch.tensor([yr[i] for i in ir]))**2).mean()
    lm=torch.nn.functional.cross_entropy(z[im][:,2:5],torch.tensor([ym[i] for i in im]),weight=cw)
    return [lb,lr,lm]
w=[1.0,1.0,1.0]
cw=torch.tensor([1.0,2.0,0.5])
opt=torch.optim.Adam(P.values(), lr=0.02)
traj=[]
for t in range(15):
    opt.zero_grad(); L=losses(cw); traj.append([l.item() for l in L]); sum(L).backward(); opt.step()
print(json.dumps({'made':'PyTorch '+torch.__version__.split('+')[0]+', float64: see network.py','losses':traj,'parameters':{k:v.detach().flatten().tolist() for k,v in P.items()}},indent=1))
